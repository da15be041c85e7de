"""The end of a session is felt at once by every process: two applications on one store."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.app import create_app
from tests.gateway.conftest import PASSWORD, House
from tests.walks.person import Chatbot, Person


@pytest.fixture
def twin(house: House) -> House:
    """Another worker of the same gateway."""
    app = create_app(
        house.settings, store=house.store, clock=house.clock, factors=dict(house.factors)
    )
    return House(app, house.store, house.clock, house.factors, house.settings)


def let_in(house: House, person: Person) -> dict[str, Any]:
    house.enrolled("alice", password=PASSWORD)
    bot = house.chatbot("bot", acr="aal1")
    person.authorize(bot, scope="openid offline_access")
    person.log_in("alice", PASSWORD)
    sent = bot.redemption(person.arrived["code"])
    found: dict[str, Any] = person.client.post("/oauth/token", data=sent).get_json()
    return found


def known(house: House, tokens: dict[str, Any]) -> int:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    return house.app.test_client().get("/oauth/userinfo", headers=bearer).status_code


def refreshed(house: House, tokens: dict[str, Any]) -> int:
    sent = {"grant_type": "refresh_token", "client_id": "bot"}
    sent["refresh_token"] = tokens["refresh_token"]
    return house.app.test_client().post("/oauth/token", data=sent).status_code


@pytest.mark.parametrize("way", ["RP", "/logout", "/account/logout-everywhere", "disabled"])
def test_what_ends_in_one_process_is_over_in_the_other(house: House, twin: House, way: str) -> None:
    person = house.person()
    tokens = let_in(house, person)
    assert known(twin, tokens) == 200
    if way == "RP":
        person.client.get("/oauth/logout", query_string={"id_token_hint": tokens["id_token"]})
    elif way == "disabled":
        with house.store.write() as tx:
            alice = tx.accounts.find("alice")
            assert alice
            tx.accounts.set_disabled(alice.id, True)
    else:
        person.go("/account")
        person.fill(person.form(action=way))
    assert (known(twin, tokens), refreshed(twin, tokens)) == (401, 400)
    elsewhere = Person(twin.app)
    for cookie in person.client._cookies.values():
        elsewhere.client.set_cookie(cookie.key, cookie.value)
    assert "/login/" in elsewhere.go("/account").request.path


def test_a_code_that_was_not_redeemed_is_worth_nothing(house: House, twin: House) -> None:
    person, bot = house.person(), Chatbot("bot")
    let_in(house, person)
    person.authorize(bot)
    code = person.arrived["code"]
    person.go("/account")
    person.fill(person.form(action="/logout", text="here"))
    answer = twin.app.test_client().post("/oauth/token", data=bot.redemption(code))
    assert answer.get_json() == {"error": "invalid_grant"}
