"""What was granted ends with the session and the account; old proofs do not pass for new ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.gateway.conftest import PASSWORD, House
from tests.walks.person import Chatbot, Person


@pytest.fixture
def bot(house: House) -> Chatbot:
    return house.chatbot("bot", acr="aal1")


@pytest.fixture
def person(house: House, bot: Chatbot) -> Person:
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.authorize(bot, scope="openid offline_access")
    person.log_in("alice", PASSWORD)
    return person


@pytest.fixture
def tokens(person: Person, bot: Chatbot) -> dict[str, Any]:
    answer = person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"]))
    found: dict[str, Any] = answer.get_json()
    return found


def alive(person: Person, tokens: dict[str, Any]) -> list[int]:
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    refresh = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
        "client_id": "bot",
    }
    return [
        person.client.get("/oauth/userinfo", headers=bearer).status_code,
        person.client.post("/oauth/token", data=refresh).status_code,
    ]


def test_tokens_live_with_the_session(person: Person, tokens: dict[str, Any]) -> None:
    assert alive(person, tokens) == [200, 200]


@pytest.mark.parametrize("path", ["/logout", "/account/logout-everywhere"])
def test_tokens_end_with_the_session(person: Person, tokens: dict[str, Any], path: str) -> None:
    person.go("/account")
    person.fill(person.form(action=path))
    assert alive(person, tokens) == [401, 400]


def test_tokens_end_with_the_account(house: House, person: Person, tokens: dict[str, Any]) -> None:
    with house.store.write() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        tx.accounts.set_disabled(alice.id, True)
    assert alive(person, tokens) == [401, 400]
    with house.store.write() as tx:
        tx.accounts.set_disabled(alice.id, False)
    assert alive(person, tokens) == [401, 400]
    assert "/login/" in person.go("/account").request.path


@pytest.mark.parametrize("asked", [{"max_age": "0"}, {"prompt": "login"}])
def test_an_old_proof_does_not_pass_for_a_new_one(
    house: House, person: Person, bot: Chatbot, asked: dict[str, str]
) -> None:
    house.clock.advance(timedelta(seconds=1))
    person.authorize(bot, **asked)
    assert not person.arrived
    here = person.path
    person.go(here.replace("/login/", "/oauth/authorize/"))
    assert not person.arrived
    person.go(here)
    person.log_in("alice", PASSWORD)
    assert person.arrived["code"]


def test_nobody_is_asked_where_no_page_may_be_shown(
    house: House, person: Person, bot: Chatbot
) -> None:
    person.authorize(bot, prompt="none")
    assert person.arrived["code"]
    house.clock.advance(timedelta(seconds=1))
    person.authorize(bot, prompt="none", max_age="0")
    assert person.arrived["error"] == "login_required"
