"""Attacks on accounts that cross its rooms: letters, names, steps of one flow in another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast

import pytest

from contracts.abilities import Adoptable, Estimating
from contracts.text import Text
from enrollment.service import Enroller
from gateway.account.service import make_account_service
from gateway.changes import Changes
from gateway.cli import output
from gateway.notices import Notice, Notices
from gateway.people.addresses import learn
from store.migrate import downgrade
from store.schema import MAIN
from store.sessions import Sessions
from tests.gateway.conftest import PASSWORD, House
from tests.timing import quickest
from tests.walks.person import Person
from web.pages import translate_into

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def logged_in(house: House, language: str = "en") -> Person:
    """Log alice in, in a browser of her own."""
    person = house.person()
    person.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    person.go("/account")
    person.log_in("alice", PASSWORD)
    assert person.path == "/account"
    return person


def test_people_of_an_older_database_log_in_and_are_known(house: House) -> None:
    """Everything that accounts have gained since is added to a database with people in it."""
    account = house.enrolled("alice", password=PASSWORD, otp="second@example.org")
    logged_in(house)
    downgrade(house.store.database, MAIN, "0007_registration")
    house.store.migrate()
    house.store.check()
    assert learn(house.store, house.factors) == 1
    with house.store.read() as tx:
        assert [found.id for found in tx.accounts.at("second@example.org")] == [account]
    person = logged_in(house)
    assert "s•••@example.org" in person.words


@ON_SQLITE
def test_nobody_has_letters_of_one_kind_sent_without_end(house: House) -> None:
    """Each may cost a text message; what else happens is told all the same."""
    account = house.enrolled("alice", password=PASSWORD)
    notices = _notices(house)
    again, other = (Notice(Text(name), Text("...")) for name in ("again", "other"))
    with house.store.write() as tx:
        told = [notices.tell(tx, account, again) for _ in range(12)]
        assert notices.tell(tx, account, other) == 1
    assert told == [1] * 10 + [0] * 2


@ON_SQLITE
def test_a_thief_does_not_choose_the_language_of_the_warning(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    logged_in(house)
    logged_in(house, "ar")
    [warning] = house.sent()
    assert warning["subject"] == "A login from a new device"
    with house.store.read() as tx:
        account = tx.accounts.find("alice")
        assert account
        assert account.language == "en"


@pytest.mark.parametrize("name", ["[/x]", "[red]alice[/red]", ":key:"])
def test_no_name_is_read_as_markup_in_an_operators_list(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anybody may sign up under such a name."""
    output.rows([{"username": name}], as_json=False)
    assert name in capsys.readouterr().out


def test_nothing_steers_an_operators_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.rows([{"name": "a\x1b[2Jb"}], as_json=False)
    output.row({"name": "a\x1b[2Jb"}, as_json=False)
    assert "\x1b" not in capsys.readouterr().out


@ON_SQLITE
def test_a_session_begins_as_its_login_ends_and_no_moment_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two its owner could log out everywhere, and it would begin all the same."""
    house.enrolled("alice", password=PASSWORD)
    thief = house.person()
    thief.go("/account")
    browser = thief.client.get_cookie("gatehouse_browser")
    assert browser
    handle, begin, seen = thief.path.removeprefix("/login/"), Sessions.open, []

    def others_see_the_login() -> bool:
        with house.store.read() as tx:
            return tx.logins.find(handle, browser.value) is not None

    def watched(self: Sessions, *given: Any, **named: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(others_see_the_login).result())
        return begin(self, *given, **named)

    monkeypatch.setattr(Sessions, "open", watched)
    thief.log_in("alice", PASSWORD)
    assert seen == [True]


@ON_SQLITE
def test_nothing_is_told_at_an_address_that_its_owner_has_removed(house: House) -> None:
    """Else whoever has that mailbox now reads of every login, and stops every recovery."""
    account = house.enrolled("alice", password=PASSWORD, otp="alice@example.org")
    otp = cast(Adoptable, house.factors["otp"])
    with house.store.write() as tx:
        old = next(held.id for held in tx.credentials.list(account) if held.factor == "otp")
        tx.credentials.add(account, "otp", otp.adopt("new@example.org"))
    changes = Changes(
        house.factors, _notices(house), service="Gatehouse", issuer="http://localhost"
    )
    accounts = make_account_service(house.store, house.clock, house.factors, changes.made)
    accounts.remove(Enroller(account, "", "browser"), old)
    assert {message["to"] for message in house.sent()} == {"alice@example.org", "new@example.org"}
    with house.store.write() as tx:
        _notices(house).tell(tx, account, Notice(Text("again"), Text("...")))
        alice = tx.accounts.get(account)
    assert [message["to"] for message in house.sent()] == ["new@example.org"]
    assert alice
    assert alice.email == "new@example.org"


def _notices(house: House) -> Notices:
    return Notices(house.factors, translate_into, house.clock)


@ON_SQLITE
def test_nobody_keeps_the_house_busy_with_codes_of_their_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten slow hashes for three requests, by anybody who may sign up."""
    monkeypatch.setattr("enrollment.service.MOST", 2)
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    begin = person.form(action="/enroll/recovery")
    assert [person.fill(begin).status_code for _ in range(3)] == [200, 200, 429]
    house.clock.advance(timedelta(hours=1))
    person = logged_in(house)
    assert person.fill(person.form(action="/enroll/recovery")).status_code == 200


@ON_SQLITE
def test_nothing_that_is_typed_keeps_the_meter_busy(house: House) -> None:
    """Whoever types signs that could all be letters; anybody may, without logging in."""
    password = cast(Estimating, house.factors["password"])
    password.estimate("a first one, so that its lists are loaded")
    signs = "4@8({[</369&#!1/|0$5+7%2" * 5
    assert quickest(lambda: password.estimate(signs), 0.3)[1] < 0.3
