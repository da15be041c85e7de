"""An essential acr at a real login: it must be reached, and nobody goes on without."""

from __future__ import annotations

import json

import pytest

from tests.gateway.conftest import PASSWORD, SEED, House
from tests.gateway.oidc.relying_party import claims_of
from tests.walks.person import Chatbot, Person


def acr(*values: str, **more: bool) -> str:
    return json.dumps({"id_token": {"acr": {"values": values, **more}}})


@pytest.fixture
def bot(house: House) -> Chatbot:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    return house.chatbot("bot", acr="aal1")


def told(person: Person, bot: Chatbot) -> str:
    sent = bot.redemption(person.arrived["code"])
    body = person.client.post("/oauth/token", data=sent).get_json()
    return str(claims_of(body["id_token"])["acr"])


def test_a_wish_can_be_left_unfulfilled(house: House, bot: Chatbot) -> None:
    person = house.person()
    person.authorize(bot, claims=acr("mfa"))
    person.log_in("alice", PASSWORD)
    person.fill(person.form(action="/skip"))
    assert told(person, bot) == "aal1"


def test_what_is_essential_cannot(house: House, bot: Chatbot) -> None:
    person = house.person()
    person.authorize(bot, claims=acr("mfa", essential=True))
    person.log_in("alice", PASSWORD)
    assert "/skip" not in person.page.text
    token = person.form(action="/cancel").fields["csrf"]
    assert person.client.post(f"{person.path}/skip", data={"csrf": token}).status_code == 403
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert told(person, bot) == "mfa"


def test_a_session_that_reached_it_goes_on_at_once(house: House, bot: Chatbot) -> None:
    person = house.person()
    person.authorize(bot, claims=acr("mfa", essential=True))
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.authorize(bot, claims=acr("aal1", essential=True), prompt="none")
    assert told(person, bot) == "aal1"
    person.authorize(bot, claims=acr("phr", "aal2", essential=True), prompt="none")
    assert told(person, bot) == "aal2"


def test_an_account_that_cannot_reach_it_is_unmet(house: House, bot: Chatbot) -> None:
    person = house.person()
    person.authorize(bot, claims=acr("aal3", essential=True))
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.arrived["error"] == "unmet_authentication_requirements"


def test_cancelling_is_access_denied(house: House, bot: Chatbot) -> None:
    person = house.person()
    person.authorize(bot, claims=acr("mfa", essential=True))
    person.log_in("alice", PASSWORD)
    person.fill(person.form(action="/cancel"))
    assert person.arrived["error"] == "access_denied"
