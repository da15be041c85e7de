"""Leaving: typed and confirmed, told to every address, called off in time, and then for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from babel.dates import format_date

from gateway.erasure import erase_when_due
from tests.gateway.account.test_account import logged_in
from tests.gateway.account.test_factors import with_code
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WEEK = timedelta(days=7)
LEAVING = "/account/leaving"


def leaver(house: House) -> Person:
    """Alice, who has just deleted her account."""
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.go("/account/data")
    person.fill(person.form(action="/account/delete"), username=" Alice ")
    assert "Your account will be deleted" in person.words
    return person


def account_of(house: House) -> str:
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
    assert alice
    return alice.id


def test_leaving_ends_every_session_and_is_told_everywhere(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, otp="other@example.org")
    other, person = logged_in(house), logged_in(house)
    with_code(house, person)
    house.sent()
    person.go("/account/data")
    person.fill(person.form(action="/account/delete"), username="alice")
    told = {message["to"]: message["text"] for message in house.sent()}
    assert told.keys() == {"alice@example.org", "other@example.org"}
    day = format_date(house.clock.now() + WEEK, "medium", locale="en")
    assert all(day in text and "http://localhost:8080/account" in text for text in told.values())
    for browser in (other, person):
        assert "/login/" in browser.go("/account").request.path


def test_the_name_must_be_typed(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.go("/account/data")
    answer = person.fill(person.form(action="/account/delete"), username="alicia")
    assert answer.status_code == 422
    assert "That is not your user name." in person.words
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        assert alice.erase_at is None


@pytest.mark.parametrize("action", ["/account/delete", "/account/export"])
def test_it_needs_a_fresh_login_as_high_as_the_account_has(house: House, action: str) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = logged_in(house)
    person.go("/account/data")
    person.fill(person.form(action=action), username="alice")
    assert "Authenticator app" in person.words
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.path == "/account/data"
    house.clock.advance(timedelta(minutes=16))
    person.go("/account/data")
    person.fill(person.form(action=action), username="alice")
    assert "/login/" in person.path
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        assert alice.erase_at is None


def test_who_leaves_can_log_in_to_stay_and_do_nothing_else(house: House) -> None:
    leaver(house)
    person = house.person()
    for path in ("/account", "/account/data", "/account/sessions", "/requests"):
        person.go(path)
        if "/login/" in person.path:
            person.log_in("alice", PASSWORD)
        assert person.path == LEAVING, path
    token = person.form(action="/account/keep").fields["csrf"]
    for action in ("export", "delete", "remove", "rename", "end-others", "withdraw"):
        sent = {"csrf": token, "username": "alice"}
        answer = person.client.post(f"/account/{action}", data=sent)
        assert answer.headers["Location"] == LEAVING, action
    answer = person.client.post("/enroll/totp", data={"csrf": token})
    assert answer.headers["Location"] == LEAVING
    person.go("/")
    assert "You are logged in" not in person.words


def test_no_application_gets_anything_of_who_leaves(house: House) -> None:
    bot = house.chatbot("bot", acr="aal1")
    leaver(house)
    person = house.person()
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    assert (person.path, person.arrived) == (LEAVING, {})
    person.authorize(bot)
    assert ("/login/" in person.path, person.arrived) == (True, {})
    person.authorize(bot, prompt="none")
    assert person.arrived["error"] == "login_required"


def test_nothing_is_added_on_the_way_for_who_leaves(house: House) -> None:
    bot = house.chatbot("bot", acr="aal2")
    leaver(house)
    person = house.person()
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    assert person.path == LEAVING


def test_a_refresh_token_of_before_is_dead(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    bot, person = house.chatbot("bot", acr="aal1"), house.person()
    person.authorize(bot, scope="openid offline_access")
    person.log_in("alice", PASSWORD)
    code = bot.redemption(person.arrived["code"])
    tokens = person.client.post("/oauth/token", data=code).get_json()
    person.go("/account/data")
    person.fill(person.form(action="/account/delete"), username="alice")
    sent = {"grant_type": "refresh_token", "client_id": "bot"}
    sent["refresh_token"] = tokens["refresh_token"]
    answer = person.client.post("/oauth/token", data=sent)
    assert answer.get_json()["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert person.client.get("/oauth/userinfo", headers=bearer).status_code == 401


def test_staying_brings_all_back_but_other_sessions(house: House) -> None:
    leaver(house)
    other, person = logged_in(house), logged_in(house)
    house.sent()
    assert person.path == LEAVING
    person.fill(person.form(action="/account/keep"))
    assert person.path == "/account"
    assert "Your account is kept." in person.words
    assert [message["subject"] for message in house.sent()] == ["Your account will not be deleted"]
    assert "/login/" in other.go("/account").request.path
    house.clock.advance(WEEK)
    assert erase_when_due(house.store, house.clock, house.settings) == 0


def test_logging_out_while_leaving_ends_the_session(house: House) -> None:
    leaver(house)
    person = logged_in(house)
    cookie = person.client.get_cookie("gatehouse_session")
    person.fill(person.form(action="/logout"))
    with house.store.read() as tx:
        assert tx.sessions.list(account_of(house)) == []
    assert cookie
    person.client.set_cookie("gatehouse_session", cookie.value)
    assert "/login/" in person.go(LEAVING).request.path


def test_once_its_time_has_come_nobody_logs_in_or_stays(house: House) -> None:
    leaver(house)
    person = logged_in(house)
    form = person.form(action="/account/keep")
    house.clock.advance(WEEK - timedelta(minutes=1))
    person = logged_in(house)
    form = person.form(action="/account/keep")
    house.clock.advance(timedelta(minutes=1))
    assert person.fill(form).status_code == 410
    assert erase_when_due(house.store, house.clock, house.settings) == 1
    assert logged_in(house).page.status_code == 401
    assert house.enrolled("alice", password=PASSWORD)
    assert logged_in(house).path == "/account"


def test_who_stays_has_no_page_of_leaving(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    assert "/login/" in house.person().go(LEAVING).request.path
    person = logged_in(house)
    assert person.go(LEAVING).request.path == "/account"
    token = person.form(action="/logout").fields["csrf"]
    answer = person.client.post("/account/keep", data={"csrf": token})
    assert answer.headers["Location"] == "/account"


@pytest.mark.parametrize("action", ["delete", "export", "keep"])
def test_no_other_site_can_do_it(house: House, action: str) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    answer = person.client.post(f"/account/{action}", data={"username": "alice"})
    assert answer.status_code == 403
