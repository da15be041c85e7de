"""A chatbot that hands on voice messages, a person who sends them, and a pool that is not there."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from contracts.abilities import Consent
from contracts.errors import BadRequest, Retry, Unavailable
from contracts.factor import Answer, Ask, Challenge, Enrolled, Kind, Subject, Template, Verdict
from contracts.listening import Followed, SoFar
from contracts.sample import Sample
from contracts.text import Text
from store import Client
from store.client_metadata import ClientMetadata
from store.clients import secret_digest
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.login.test_login import Deaf
from tests.walks.forms import Form, read
from tests.walks.person import Chatbot, Person

SECRET = "a secret of the bot's"
VERIFY = "/voice/verify"
SCORE = 7.25
KINDS = frozenset({Kind.INHERENCE})


class Hearing(Deaf):
    """Knows alice's voice by the word, and what was to be said; each challenge is another."""

    consent = Consent(1, (Text("You are heard."),))
    decodes = "test.decode"

    def __init__(self) -> None:
        self.heard: list[Sample] = []
        self.busy = False
        self._asked = 0

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        self._asked += 1
        digits = list(f"{self._asked:03d}")
        ask = Ask("sample", "voice", Text("Say it."), {"digits": digits, "seconds": 60})
        return Challenge([ask], " ".join(digits).encode(), lifetime=timedelta(seconds=60))

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        [sample] = answer.samples
        if self.busy:
            raise Unavailable(retry_after=3)
        self.heard.append(sample)
        if sample.data == b"quiet":
            raise Retry(Text("That was too quiet."))
        right = sample.data == b"alice " + secret
        return Verdict(right, enrolled[0].credential_id, SCORE, amr=self.amr, kinds=KINDS)

    def hear(
        self, so_far: bytes, enrolled: Sequence[Enrolled], asked: Mapping[str, Any], sample: Sample
    ) -> SoFar:
        if self.busy:
            raise Unavailable(retry_after=3)
        if sample.data == b"silence":
            raise Retry(reason="too_short")
        said = b" ".join([*so_far.split(), *sample.data.split()])
        return SoFar(said, len(said.split()) > len(asked["digits"]))

    def conclude(self, enrolled: Sequence[Enrolled], secret: bytes, heard: bytes) -> Verdict:
        right = heard == b"alice " + secret
        return Verdict(right, enrolled[0].credential_id, amr=self.amr, kinds=KINDS)

    def follow(self, so_far: bytes, enrolled: Sequence[Enrolled], sample: Sample) -> Followed:
        if sample.data == b"silence":
            raise Retry(reason="too_short")
        return Followed(b"", changed=not sample.data.startswith(b"alice"))


@dataclass
class Pool:
    """Decodes nothing but counts what it was asked to."""

    decoded: list[bytes] = field(default_factory=list)

    def __call__(self, job: str, payload: bytes) -> bytes:
        assert job == Hearing.decodes
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
        self.press()
        if "I have read this" in self.person.words:
            self.person.fill(self.person.form(action="/note"), consent="1")

    def press(self) -> None:
        """Have something to say put, as the button does that comes and goes with the page."""
        token = next(f.fields["csrf"] for f in read(self.person.page.text) if "csrf" in f.fields)
        login = "/".join(self.person.path.split("/")[:3])
        self.person.fill(Form(f"{login}/note", {"csrf": token}))

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

    def say(self, call: str, audio: bytes, **form: Any) -> dict[str, Any]:
        """Have the bot hand on a segment of a call."""
        answer = self.send(audio, state="one" if call == "begin" else None, call=call, **form)
        return {"status": answer.status_code, **answer.get_json()}

    def segments(self) -> list[bytes]:
        """Return the right answer, in two pieces."""
        first, *rest = self.words().encode().split()
        return [b"alice " + first, b" ".join(rest)]

    def look(self) -> TestResponse:
        """Press the button on the page."""
        return self.person.go(self.person.path)

    def arrived(self) -> bool:
        return "code" in self.person.arrived

    def token(self) -> str:
        """Redeem the code, and return the access token."""
        body = self.bot.redemption(self.person.arrived["code"])
        answer = self.person.client.post("/oauth/token", data=body)
        token: str = answer.get_json()["access_token"]
        return token

    def trail(self, event: str) -> list[dict[str, Any]]:
        with self.house.store.read() as tx:
            found = tx.audit.list(100)
        return [{**each.detail, "client": each.client_id} for each in found if each.event == event]


def change_client(house: House, client_id: str, metadata: ClientMetadata, **more: Any) -> None:
    """Let a client be another."""
    with house.store.write() as tx:
        client = tx.clients.get(client_id)
        assert isinstance(client, Client)
        kept = {"secret_hash": secret_digest(SECRET), "metadata": metadata, **more}
        tx.clients.put(replace(client, **kept))


def confidential(house: House, client_id: str) -> Chatbot:
    """Register a chatbot with a secret, in whose chat people may answer."""
    house.chatbot(client_id, acr="mfa")
    change_client(house, client_id, ClientMetadata(voice_notes=True))
    return Chatbot(client_id, SECRET)


@pytest.fixture
def hearing() -> Hearing:
    return Hearing()


@pytest.fixture
def talk(cheap_hashes: None, build: Build, hearing: Hearing) -> Talk:
    voice, pool = hearing, Pool()
    house = build(factors={"voice": voice}, infer=pool, enroll_on_the_way=False)
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.biometric_consents.give(alice, "voice", 1, "browser")
        tx.credentials.add(alice, "voice", Template(b"voice", "hearing/1"))
    return Talk(house, voice, pool, alice, house.person(), confidential(house, "bot"))


@pytest.fixture
def waiting(talk: Talk) -> Talk:
    talk.ask()
    talk.take()
    return talk


@pytest.fixture
def calling(waiting: Talk) -> tuple[Talk, str]:
    """A call in which alice was heard, and her browser that has gone on."""
    first, second = waiting.segments()
    begun = waiting.say("begin", first)
    assert waiting.say(begun["call"], second)["result"] == "accepted"
    waiting.look()
    assert waiting.arrived()
    return waiting, begun["call"]
