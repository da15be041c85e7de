"""Recovery as people live it: two proofs, a wait that everybody hears of, one new factor."""

from __future__ import annotations

import re

import pyotp
import pytest

from gateway.recovery.opened import open_recoveries
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.recovery.conftest import (
    DAY,
    MAIL,
    adds_password,
    alice,
    begun,
    claim,
    claims,
    events,
    named,
    proves_app,
    proves_mail,
    proves_password,
    show,
    stop_code,
)
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "an entirely different phrase"


def logged_in(house: House, password: str = PASSWORD) -> Person:
    person = house.familiar("alice")
    person.go("/account")
    person.log_in("alice", password)
    return person


def test_a_lost_password_is_replaced_after_the_wait(house: House) -> None:
    account = alice(house)
    before = logged_in(house)
    assert before.path == "/account"
    code = begun(house)
    house.sent()
    house.clock.advance(DAY)
    person = claims(house, code)
    assert "Authenticator app" not in person.words
    adds_password(person, NEW)
    assert "It is done" in person.words
    told = {(sent["to"], sent["subject"]) for sent in house.sent()}
    assert ("alice@example.org", "Your account was recovered") in told
    assert ("alice@example.org", "A way to log in to your account was changed") in told
    assert "/login/" in before.go("/account").request.path
    with house.store.read() as tx:
        factors = sorted(c.factor for c in tx.credentials.list(account))
        assert tx.recoveries.list(state=None, after=None, limit=9) == []
    assert factors == ["otp", "password", "totp"]
    wanted = ["recovery.proven", "recovery.started", "recovery.claimed", "recovery.finished"]
    assert [event for event in events(house) if event.startswith("recovery")] == wanted


def test_who_had_two_factors_still_needs_two(house: House) -> None:
    alice(house)
    code = begun(house)
    house.clock.advance(DAY)
    adds_password(claims(house, code), NEW)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    assert person.log_in("alice", PASSWORD).status_code == 401
    house.clock.advance(DAY)
    person.authorize(house.chatbot("other"))
    person.log_in("alice", NEW)
    assert not person.arrived
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.arrived["code"]


def test_a_lost_app_is_replaced(house: House) -> None:
    alice(house)
    person = named(house)
    proves_password(person)
    proves_mail(house, person, MAIL)
    house.sent()
    house.clock.advance(DAY)
    person = claims(house, claim(person))
    assert "Password" not in person.words
    person.fill(person.form(action="/add", text="Authenticator app"))
    secret = re.search(r"secret=([A-Z2-7]+)", person.page.text)
    assert secret
    code = pyotp.TOTP(secret.group(1)).at(house.clock.now())
    person.fill(person.form(action="/added"), code=code)
    assert "It is done" in person.words


def test_it_is_too_early_before_the_wait_is_over(house: House) -> None:
    alice(house)
    code = begun(house)
    house.clock.advance(DAY / 2)
    person = claims(house, code)
    assert person.page.status_code == 200
    assert "too early" in person.words
    assert person.path == "/recover/claim"


def test_every_address_is_told_at_once_and_at_half_time(house: House) -> None:
    account = alice(house)
    with house.store.write() as tx:
        second = house.factors["otp"].adopt("second@example.org")  # type: ignore[attr-defined]
        tx.credentials.add(account, "otp", second)
    begun(house)
    sent = house.sent()
    assert sorted(message["to"] for message in sent) == ["alice@example.org", "second@example.org"]
    assert all("/recover/stop#" in message["text"] for message in sent)
    recoveries = open_recoveries(house.store, house.settings, house.clock)
    assert recoveries.remind() == 0
    house.clock.advance(DAY / 2)
    assert recoveries.remind() == 1
    assert recoveries.remind() == 0
    again = [message for message in house.sent() if "still" in message["subject"]]
    assert sorted(message["to"] for message in again) == ["alice@example.org", "second@example.org"]
    assert all("/recover/stop#" in message["text"] for message in again)


def test_whoever_reads_the_message_stops_it_without_logging_in(house: House) -> None:
    alice(house)
    code = begun(house)
    stopper = house.person()
    stopper.go("/recover/stop")
    stopper.fill(stopper.form(action="/recover/stop"), code=stop_code(house).lower())
    assert "The recovery is stopped" in stopper.words
    [told] = house.sent()
    assert told["subject"] == "The recovery of your account was stopped"
    house.clock.advance(DAY)
    assert claims(house, code).page.status_code == 410


def test_a_stopped_one_is_not_begun_again_for_a_week(house: House) -> None:
    account = alice(house)
    begun(house)
    stopper = house.person()
    stopper.go("/recover/stop")
    stopper.fill(stopper.form(action="/recover/stop"), code=stop_code(house))
    house.sent()
    house.clock.advance(DAY)
    person = named(house)
    proves_mail(house, person)
    proves_app(house, person)
    assert person.page.status_code == 403
    assert "stopped a few days ago" in person.words
    house.clock.advance(7 * DAY)
    begun(house)
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account)


def test_a_wrong_code_stops_nothing(house: House) -> None:
    account = alice(house)
    begun(house)
    person = house.person()
    person.go("/recover/stop")
    person.fill(person.form(action="/recover/stop"), code="AAAAA-AAAAA-AAAAA-AAAAA")
    assert person.page.status_code == 410
    assert "nothing to stop" in person.words
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account)


def test_the_account_page_shows_it_and_stops_it(house: House) -> None:
    account = alice(house)
    begun(house)
    person = logged_in(house)
    assert "Your account is being recovered" in person.words
    person.fill(person.form(action="/recover/not-me"))
    assert person.path == "/account"
    assert "being recovered" not in person.words
    with house.store.read() as tx:
        assert tx.recoveries.stopped(account)


def test_whoever_has_everything_again_ends_their_own(house: House) -> None:
    account = alice(house)
    begun(house)
    house.clock.advance(DAY / 2)
    person = logged_in(house)
    person.fill(person.form(action="/recover/not-needed"))
    assert "/login/" in person.path
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.fill(person.form(action="/recover/not-needed"))
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account) is None
        assert not tx.recoveries.stopped(account)


def test_a_change_by_somebody_with_everything_ends_it(house: House) -> None:
    account = alice(house)
    begun(house)
    house.clock.advance(DAY / 2)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/password"))
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=NEW)
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account) is None


def test_one_thing_alone_is_told_so(house: House) -> None:
    house.enrolled("bob", otp="bob@example.org")
    person = named(house, "bob")
    proves_mail(house, person)
    assert "one thing alone" in person.words
    assert "Ask the people who run Gatehouse" in person.words


def test_nobody_begins_one_of_which_nobody_could_hear(house: House) -> None:
    with house.store.write() as tx:
        account = tx.accounts.add("carol")
        for name, value in (("password", PASSWORD), ("totp", SEED)):
            template = house.factors[name].adopt(value)  # type: ignore[attr-defined]
            tx.credentials.add(account.id, name, template)
    person = named(house, "carol")
    proves_password(person)
    proves_app(house, person)
    assert person.page.status_code == 403
    assert "no address" in person.words
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account.id) is None


def test_it_lapses_where_nobody_comes_back(house: House) -> None:
    alice(house)
    code = begun(house)
    house.clock.advance(9 * DAY)
    assert claims(house, code).page.status_code == 410


def test_people_come_from_a_login_and_go_back_to_it(house: House) -> None:
    alice(house)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    login = person.path
    assert f"/recover?login={login.removeprefix('/login/')}" in person.page.text
    person.go("/recover", login=login.removeprefix("/login/"))
    person.fill(person.form(action="/recover"), username="alice")
    person.fill(person.form(action="/cancel"))
    assert person.path == login


def test_the_wait_is_a_setting(build: Build) -> None:
    house = build(recovery_hours=2)
    alice(house)
    code = begun(house)
    house.clock.advance(DAY / 12)
    assert "/recover/replace/" in claims(house, code).path


@pytest.mark.parametrize("way", ["Authenticator app", "Passkey", "Recovery codes", "Password"])
def test_everything_that_could_be_left_is_asked_for(house: House, way: str) -> None:
    alice(house)
    person = named(house)
    show(person, way)
    assert person.page.status_code == 200
    assert person.form(action="/answer")
