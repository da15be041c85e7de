"""What a person is told of their account, and where."""

from __future__ import annotations

from contracts.text import Text
from enrollment.outcomes import Change, Happened
from enrollment.service import Enroller
from gateway.account.service import make_account_service
from gateway.changes import Changes
from gateway.notices import Notice, Notices
from tests.gateway.conftest import PASSWORD, House
from web.pages import translate_into

NOTICE = Notice(Text("Log in"), Text("Your account"))


def notices(house: House) -> Notices:
    return Notices(house.factors, translate_into, house.clock)


def told(house: House, account_id: str) -> list[tuple[str, str]]:
    with house.store.write() as tx:
        notices(house).tell(tx, account_id, NOTICE)
    return sorted((message["channel"], message["to"]) for message in house.sent())


def test_every_address_is_told_once(house: House) -> None:
    account = house.enrolled("alice", otp="alice@example.org")
    with house.store.write() as tx:
        for address in ("second@example.org", "+41446681800"):
            tx.credentials.add(account, "otp", house.factors["otp"].adopt(address))  # type: ignore[attr-defined]
    assert told(house, account) == [
        ("email", "alice@example.org"),
        ("email", "second@example.org"),
        ("phone", "+41446681800"),
    ]


def test_in_the_language_they_were_last_seen_with(house: House) -> None:
    account = house.enrolled("alice")
    with house.store.write() as tx:
        tx.accounts.speaks(account, "de")
        notices(house).tell(tx, account, NOTICE)
    [message] = house.sent()
    assert message["subject"] == "Anmelden"


def test_nobody_is_told_of_an_account_that_is_gone(house: House) -> None:
    assert told(house, "gone") == []


def test_a_removed_address_hears_of_it(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD, otp="old@example.org")
    with house.store.read() as tx:
        gone = next(held.id for held in tx.credentials.list(account) if held.factor == "otp")
    changes = Changes(house.factors, notices(house), service="Gatehouse", issuer="http://localhost")
    service = make_account_service(house.store, house.clock, house.factors, changes.made)
    service.remove(Enroller(account, "sid", "browser"), gone)
    messages = {message["to"]: message["text"] for message in house.sent()}
    assert messages.keys() == {"alice@example.org", "old@example.org"}


def test_when_where_and_what_are_in_the_readers_language(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    changes = Changes(house.factors, notices(house), service="Gatehouse", issuer="http://localhost")
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.0.0 Mobile"}
    place = {"REMOTE_ADDR": "203.0.113.7"}
    request = house.app.test_request_context(headers=agent, environ_base=place)
    with request, house.store.write() as tx:
        tx.accounts.speaks(account, "de")
        changes.made(tx, Change(account, "password", Happened.REPLACED))
    [message] = house.sent()
    assert "Passwort" in message["text"]
    assert "01.03.2026, 12:00 UTC" in message["text"]
    assert message["language"] == "de"
    assert "Chrome" in message["text"]
    assert "203.0.113.7" in message["text"]
