"""Proving oneself for one message, with the factors and pages as they ship."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc.util import urlsafe_b64decode

from contracts.factor import Answer, Enrolled, Kind, Subject, Template, Verdict
from store.client_metadata import ClientMetadata
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.login.test_login import Deaf
from tests.walks.person import Chatbot, Person

TEXT = "Transfer 100 € to Bob"


class Voice(Deaf):
    """A biometric that recognises whoever speaks."""

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        return Verdict(
            True, enrolled[0].credential_id, amr=self.amr, kinds=frozenset({Kind.INHERENCE})
        )


@dataclass
class Chat:
    """A chatbot that is content with a password for small talk, and one person in it."""

    house: House
    bot: Chatbot
    person: Person
    hint: str = ""

    def small_talk(self) -> None:
        """Log in with the password, and keep the ID token."""
        self.person.authorize(self.bot)
        self.person.log_in("alice", PASSWORD)
        self.hint = self.redeemed()["id_token"]
        self.house.clock.advance(timedelta(seconds=30))

    def ask(self, **more: str) -> None:
        """Push the message and send the person on."""
        details = json.dumps([{"type": "message", "message": TEXT}])
        more = {"authorization_details": details, "id_token_hint": self.hint, **more}
        pushed = self.person.client.post("/oauth/par", data=self.bot.request(**more))
        assert pushed.status_code == 201, pushed.text
        uri = pushed.get_json()["request_uri"]
        self.person.arrived = {}
        self.person.go("/oauth/authorize", client_id=self.bot.client_id, request_uri=uri)

    def redeemed(self) -> dict[str, Any]:
        body = self.bot.redemption(self.person.arrived["code"])
        answer = self.person.client.post("/oauth/token", data=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def said(self) -> dict[str, Any]:
        token = self.redeemed()["access_token"].split(".")[1]
        found: dict[str, Any] = json.loads(urlsafe_b64decode(token.encode()))
        return found


def chat(house: House) -> Chat:
    bot = house.chatbot("bot", acr="aal1")
    with house.store.write() as tx:
        client = tx.clients.get("bot")
        assert client
        metadata = ClientMetadata(authorization_details_types=("message",))
        tx.clients.put(replace(client, metadata=metadata))
    return Chat(house, bot, house.person())


def test_every_factor_is_proven_again_and_the_message_is_shown(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    talk = chat(house)
    talk.small_talk()
    talk.ask()
    assert not talk.person.arrived
    talk.person.log_in("alice", PASSWORD)
    talk.person.choose("Authenticator app")
    talk.person.answer(code=house.totp())
    assert TEXT in talk.person.words
    assert "Bot" in talk.person.words
    talk.person.consent()
    said = talk.said()
    digest = hashlib.sha256(TEXT.encode()).digest()
    hashed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert said["authorization_details"][0]["message_hash"] == hashed
    assert said["amr"] == ["mfa", "otp", "pwd"]
    assert said["auth_time"] == int(house.clock.now().timestamp())
    assert said["exp"] - said["iat"] == 60


def test_what_was_proven_for_one_message_says_nothing_of_the_next(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    talk = chat(house)
    talk.small_talk()
    for _ in range(2):
        talk.ask()
        assert not talk.person.arrived
        talk.person.log_in("alice", PASSWORD)
        talk.person.choose("Authenticator app")
        talk.person.answer(code=house.totp())
        talk.person.consent()
        assert talk.person.arrived["code"]
        house.clock.advance(timedelta(seconds=30))


def test_a_password_and_a_voice_are_never_enough(build: Build) -> None:
    house = build(factors={"voice": Voice()}, enroll_on_the_way=False)
    alice = house.enrolled("alice", password=PASSWORD)
    with house.store.write() as tx:
        tx.credentials.add(alice, "voice", Template(b"voice", "voice/1"))
    talk = chat(house)
    talk.small_talk()
    talk.ask()
    talk.person.log_in("alice", PASSWORD)
    assert "code" not in talk.person.arrived
    assert talk.person.arrived["error"] == "unmet_authentication_requirements"


def test_a_voice_counts_beside_a_possession_and_not_in_its_place(build: Build) -> None:
    house = build(factors={"voice": Voice()}, enroll_on_the_way=False)
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.credentials.add(alice, "voice", Template(b"voice", "voice/1"))
    talk = chat(house)
    talk.person.authorize(talk.bot, acr_values="mfa+voice")
    talk.person.log_in("alice", PASSWORD)
    talk.person.choose("Voice")
    talk.person.answer(word="hello")
    talk.person.choose("Authenticator app")
    talk.person.answer(code=house.totp())
    talk.hint = talk.redeemed()["id_token"]
    house.clock.advance(timedelta(seconds=30))
    talk.ask(acr_values="mfa+voice")
    talk.person.log_in("alice", PASSWORD)
    talk.person.choose("Voice")
    talk.person.answer(word="hello")
    assert not talk.person.arrived
    assert TEXT not in talk.person.words
    talk.person.choose("Authenticator app")
    talk.person.answer(code=house.totp())
    assert TEXT in talk.person.words


def test_somebody_else_cannot_answer_for_the_person(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    house.enrolled("eve", password=PASSWORD, totp=SEED)
    talk = chat(house)
    talk.small_talk()
    talk.person = house.person()
    talk.ask()
    talk.person.log_in("eve", PASSWORD)
    if not talk.person.arrived:
        talk.person.choose("Authenticator app")
        talk.person.answer(code=house.totp())
    assert TEXT not in talk.person.words
    assert talk.person.arrived["error"] == "login_required"


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_the_person_decides(house: House, decision: str) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    talk = chat(house)
    talk.small_talk()
    talk.ask()
    talk.person.log_in("alice", PASSWORD)
    talk.person.choose("Authenticator app")
    talk.person.answer(code=house.totp())
    talk.person.consent(decision)
    assert ("code" in talk.person.arrived) is (decision == "allow")
