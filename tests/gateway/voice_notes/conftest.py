"""A chatbot that hands on voice messages, a person who sends them, and a pool that is not there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from contracts.abilities import Consent
from contracts.errors import BadRequest, Retry, Unavailable
from contracts.factor import Answer, Ask, Challenge, Enrolled, Kind, Subject, Template, Verdict
from contracts.sample import Sample
from contracts.text import Text
from store import Client
from store.client_metadata import ClientMetadata
from store.clients import secret_digest
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.login.test_login import Deaf
from tests.walks.person import Chatbot, Person
from verifiers.voice.utterance import DECODE

SECRET = "a secret of the bot's"
VERIFY = "/voice/verify"


class Hearing(Deaf):
    """Knows alice's voice by the word, and what was to be said; each challenge is another."""

    consent = Consent(1, (Text("You are heard."),))

    def __init__(self) -> None:
        self.heard: list[Sample] = []
        self._asked = 0

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        self._asked += 1
        digits = list(f"{self._asked:03d}")
        ask = Ask("sample", "voice", Text("Say it."), {"digits": digits})
        return Challenge([ask], " ".join(digits).encode(), lifetime=timedelta(seconds=60))

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        [sample] = answer.samples
        self.heard.append(sample)
        if sample.data == b"quiet":
            raise Retry(Text("That was too quiet."))
        right = sample.data == b"alice " + secret
        return Verdict(
            right, enrolled[0].credential_id, 7.25, amr=self.amr, kinds=frozenset({Kind.INHERENCE})
        )


@dataclass
class Pool:
    """Decodes nothing but counts what it was asked to."""

    decoded: list[bytes] = field(default_factory=list)

    def __call__(self, job: str, payload: bytes) -> bytes:
        assert job == DECODE
        self.decoded.append(payload)
        if payload == b"rubbish":
            raise BadRequest(Text("This is no recording."))
        if payload == b"busy":
            raise Unavailable(retry_after=3)
        return payload


@dataclass
class Talk:
    """Alice talks with a bot; each of them is somewhere else."""

    house: House
    voice: Hearing
    pool: Pool
    alice: str
    person: Person
    bot: Chatbot

    def ask(self, state: str = "one", **more: str) -> None:
        """Be sent to log in, every proof anew, and give the first two."""
        wanted = {"acr_values": "mfa+voice", "prompt": "login", **more}
        self.person.authorize(self.bot, state=state, **wanted)
        self.person.log_in("alice", PASSWORD)
        self.person.choose("Authenticator app")
        self.person.answer(code=self.house.totp())

    def offered(self) -> bool:
        return "Answer in the chat" in self.person.words

    def take(self) -> None:
        """Choose to answer in the chat, agreeing to that where it is asked."""
        self.person.fill(self.person.form(action="/note"))
        if "I have read this" in self.person.words:
            self.person.fill(self.person.form(action="/note"), consent="1")

    def words(self) -> str:
        """Read what is to be said."""
        page = self.person.page.text
        return page.partition('<p class="phrase" dir="auto">')[2].partition("<")[0]

    def send(self, audio: bytes | None = None, **form: Any) -> TestResponse:
        """Have the bot hand on a message: the right one, unless it is given."""
        audio = b"alice " + self.words().encode() if audio is None else audio
        who = {"client_id": self.bot.client_id, "client_secret": SECRET}
        sent = {"state": "one", **who, **form, "audio": (io.BytesIO(audio), "note.ogg")}
        sent = {name: value for name, value in sent.items() if value is not None}
        return self.house.app.test_client().post(VERIFY, data=sent)

    def look(self) -> TestResponse:
        """Press the button on the page."""
        return self.person.go(self.person.path)

    def arrived(self) -> bool:
        return "code" in self.person.arrived

    def trail(self, event: str) -> list[dict[str, Any]]:
        with self.house.store.read() as tx:
            found = tx.audit.list(100)
        return [{**each.detail, "client": each.client_id} for each in found if each.event == event]


def confidential(house: House, client_id: str, *, voice_notes: bool = True) -> Chatbot:
    """Register a chatbot with a secret."""
    house.chatbot(client_id, acr="mfa")
    with house.store.write() as tx:
        client = tx.clients.get(client_id)
        assert isinstance(client, Client)
        metadata = ClientMetadata(voice_notes=voice_notes)
        tx.clients.put(replace(client, secret_hash=secret_digest(SECRET), metadata=metadata))
    return Chatbot(client_id, SECRET)


@pytest.fixture
def talk(build: Build) -> Talk:
    voice, pool = Hearing(), Pool()
    house = build(factors={"voice": voice}, infer=pool)
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.biometric_consents.give(alice, "voice", 1, "browser")
        tx.credentials.add(alice, "voice", Template(b"voice", "hearing/1"))
    return Talk(house, voice, pool, alice, house.person(), confidential(house, "bot"))
