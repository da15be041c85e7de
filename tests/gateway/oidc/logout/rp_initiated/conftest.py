"""Somebody who is logged in to a client, and how either is asked to end that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from store.client_metadata import ClientMetadata
from tests.gateway.conftest import PASSWORD, House
from tests.walks.person import Chatbot, Person

AFTER = "https://bot.example/after"
AFTER_QUERY = "https://bot.example/after?page=1"


@dataclass
class Case:
    """Alice, logged in to the chatbot `bot` in her browser."""

    house: House
    person: Person
    bot: Chatbot
    tokens: dict[str, Any]

    @property
    def hint(self) -> str:
        found: str = self.tokens["id_token"]
        return found

    def logout(self, **sent: str | None) -> TestResponse:
        given = {name: value for name, value in sent.items() if value is not None}
        return self.person.client.get("/oauth/logout", query_string=given)

    def alive(self) -> list[int]:
        """Return what UserInfo and a refresh answer."""
        bearer = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        refresh = {
            "grant_type": "refresh_token",
            "refresh_token": self.tokens["refresh_token"],
            "client_id": "bot",
        }
        client = self.house.app.test_client()
        refreshed = client.post("/oauth/token", data=refresh)
        known = client.get("/oauth/userinfo", headers=bearer).status_code
        if refreshed.status_code == 200:
            self.tokens = {**self.tokens, **refreshed.get_json(), "id_token": self.hint}
        return [known, refreshed.status_code]

    def logged_in(self) -> bool:
        return "alice" in self.person.client.get("/").text


def register(house: House, client_id: str, **metadata: Any) -> Chatbot:
    bot = house.chatbot(client_id, acr="aal1")
    with house.store.write() as tx:
        client = tx.clients.get(client_id)
        assert client
        tx.clients.remove(client_id)
        tx.clients.add(replace(client, metadata=ClientMetadata(**metadata)))
    return bot


def let_in(person: Person, bot: Chatbot) -> dict[str, Any]:
    person.authorize(bot, scope="openid offline_access")
    if not person.arrived:
        person.log_in("alice", PASSWORD)
    answer = person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"]))
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture
def case(house: House) -> Case:
    house.enrolled("alice", password=PASSWORD)
    bot = register(house, "bot", post_logout_redirect_uris=(AFTER, AFTER_QUERY))
    person = house.person()
    return Case(house, person, bot, let_in(person, bot))


def asked(case: Case, answer: TestResponse) -> None:
    assert answer.status_code == 200
    assert "Log out?" in answer.text
    assert case.logged_in()


def refused(case: Case, answer: TestResponse) -> None:
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert case.logged_in()
    assert case.alive() == [200, 200]
