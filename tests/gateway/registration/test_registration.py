"""People make an account: on the way from a chatbot, or by themselves."""

from __future__ import annotations

import re

import pytest

from contracts.errors import Unavailable
from tests.gateway.conftest import PASSWORD, Build, House
from tests.gateway.registration.conftest import (
    ADDRESS,
    NUMBER,
    asked,
    handle_of,
    name,
    named,
    people,
    shown,
)
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_registration_is_closed_unless_it_is_opened(build: Build) -> None:
    house = build()
    person = house.person()
    assert person.go("/register").status_code == 404
    assert "Create an account" not in person.go("/account").text
    assert "Create an account" not in person.go("/").text


def test_a_chatbots_user_makes_an_account_on_the_way(house: House) -> None:
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.go("/register", login=login(person))
    assert "Bot asks who you are" in person.words
    person.fill(person.form(action="/register"), address=ADDRESS)
    assert "Step 2 of 4" in person.words
    person.answer(code=house.code())
    assert "Step 3 of 4" in person.words
    assert person.form(action="/name").fields["username"] == ADDRESS
    name(person, "Ann")
    assert "Step 4 of 4" in person.words
    assert people(house) == []
    person.answer(password=PASSWORD)
    assert "Your account is ready" in person.words
    assert people(house) == ["ann"]
    [welcome] = house.sent()
    assert (welcome["to"], welcome["subject"]) == (ADDRESS, "Your account is ready")
    person.choose("Password")
    person.answer(password=PASSWORD)
    assert person.arrived["code"]
    later = house.person()
    later.authorize(house.chatbot("other"))
    later.log_in("ann", PASSWORD)
    later.choose("a•••@example.org")
    later.answer(code=house.code())
    assert later.arrived["code"]


def login(person: Person) -> str:
    """Return the login that the link to the sign-up carries on."""
    found = re.search(r'href="/register\?login=([\w-]{43})"', person.page.text)
    assert found, person.words
    return found.group(1)


def test_without_a_chatbot_the_account_page_comes_next(house: House) -> None:
    person = named(house)
    person.answer(password=PASSWORD)
    person.choose("Password")
    person.answer(password=PASSWORD)
    assert person.path == "/account"
    with house.store.read() as tx:
        account = tx.accounts.find("ann")
        assert account
        assert (account.email, account.language) == (ADDRESS, "en")
        assert {each.factor for each in tx.credentials.list(account.id)} == {"otp", "password"}
        assert "account.registered" in [record.event for record in tx.audit.list(20)]


def test_a_phone_is_an_address_too(house: House) -> None:
    person = asked(house, "+49 1511 2345678")
    assert "weaker way" in person.words
    person.answer(code=house.code())
    assert person.form(action="/name").fields["username"] == ""
    name(person, "ann")
    person.answer(password=PASSWORD)
    with house.store.read() as tx:
        [account] = tx.accounts.at(NUMBER)
    assert (account.username, account.email) == ("ann", None)


def test_a_short_password_is_taken_and_never_stands_alone(house: House) -> None:
    person = named(house)
    short = "kx7#qv!Z"
    person.answer(password=short)
    assert people(house) == ["ann"]
    house.sent()
    later = house.person()
    later.authorize(house.chatbot("bot", acr="aal1"))
    later.log_in("ann", short)
    assert not later.arrived


def test_a_failure_at_the_end_makes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    person = named(house)

    def fail(*_: object) -> None:
        raise Unavailable(detail="the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("store.outbox.Outbox.put", fail)
        assert person.answer(password=PASSWORD).status_code == 503
    assert people(house) == []
    person.go("/register/" + handle_of(house, person))
    name(person, "ann")
    person.answer(password=PASSWORD)
    assert people(house) == ["ann"]


def test_a_sign_up_belongs_to_its_browser(house: House) -> None:
    person, stranger = asked(house), asked(house, "eve@example.net")
    own = person.form(action="/answer")
    theirs = stranger.form(action="/answer")
    for action in (own.action, theirs.action):
        answer = stranger.client.post(
            action, data={**theirs.fields, "ceremony": own.fields["ceremony"], "code": "000000"}
        )
        assert answer.status_code == 410
    path = own.action.removesuffix("/answer")
    assert stranger.client.get(path).status_code == 410
    assert person.client.get(path).status_code == 303


def test_nothing_comes_before_the_address(house: House) -> None:
    person = asked(house)
    action = person.form(action="/answer").action.replace("/answer", "/name")
    fields = {**person.form(action="/answer").fields, "username": "ann", "factor": "password"}
    assert person.client.post(action, data=fields).status_code == 403
    person = shown(house, "two@example.org") if house.sent() else shown(house)
    form = person.form(action="/name")
    again = person.fill(form, username="ann", factor="totp")
    assert again.status_code == 403


def test_a_step_is_taken_once(house: House) -> None:
    person = named(house)
    form = person.form(action="/answer")
    person.answer(password=PASSWORD)
    again = person.client.post(form.action, data={**form.fields, "password": PASSWORD})
    assert again.status_code == 410
    assert people(house) == ["ann"]


def test_whoever_is_logged_in_elsewhere_is_not_drawn_in(house: House) -> None:
    """A login that has proofs already goes on with nobody else's."""
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    person = house.person()
    person.authorize(house.chatbot("bot"))
    first = login(person)
    person.log_in("bob", PASSWORD)
    person.go("/register", login=first)
    person.fill(person.form(action="/register"), address=ADDRESS)
    person.answer(code=house.code())
    name(person, "ann")
    person.answer(password=PASSWORD)
    assert first not in person.path
    person.choose("Password")
    person.answer(password=PASSWORD)
    assert person.path == "/account"
    assert "ann" in person.words


def test_a_login_of_nobody_is_not_kept(house: House) -> None:
    person = house.person()
    person.go("/register", login="x" * 5000)
    person.fill(person.form(action="/register"), address=ADDRESS)
    assert person.page.status_code == 200
    person.fill(person.form(action="/cancel"))
    assert person.path == "/"


def test_the_safer_way_comes_first(house: House) -> None:
    words = shown(house).words
    assert words.index("Passkey") < words.index("Password")


def test_cancelling_leads_back_to_the_login(house: House) -> None:
    person = house.person()
    person.authorize(house.chatbot("bot"))
    where = person.path
    person.go("/register", login=login(person))
    person.fill(person.form(action="/register"), address=ADDRESS)
    person.fill(person.form(action="/cancel"))
    assert person.path == where
