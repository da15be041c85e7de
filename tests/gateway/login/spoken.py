"""Vera, who is asked for her voice, and a pool that listens."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from contracts.errors import Unavailable
from contracts.factor import Ask, Challenge, Subject, Template
from contracts.text import Text
from enrollment.protecting import keep
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.verifiers.people import Speaker, listen
from tests.walks.person import Chatbot, Person
from verifiers import voice
from verifiers.voice.consent import CONSENT
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import PooledEars

OPTIONS = re.compile(r"data-ask=\"voice\" data-options='([^']*)'")


@dataclass
class Pool:
    """What listens, unless it is busy."""

    busy: bool = False

    def __call__(self, job: str, payload: bytes) -> bytes:
        if self.busy:
            raise Unavailable(detail="the queue of the inference pool is full")
        return listen(job, payload)


@dataclass
class Caller:
    """Somebody who has proven the rest and is asked for their voice: Vera."""

    house: House
    person: Person
    speaker: Speaker
    bot: Chatbot
    pool: Pool

    name: str = "vera"

    def ask(self) -> None:
        """Be sent to log in with every proof anew, and choose the voice."""
        self.person.authorize(self.bot, acr_values="mfa+voice", prompt="login")
        self.person.log_in(self.name, PASSWORD)
        self.person.choose("Authenticator app")
        self.person.answer(code=self.house.totp())
        self.person.choose("Voice")

    @property
    def options(self) -> Mapping[str, Any] | None:
        """What the page asks for; None where it asks for no voice."""
        found = OPTIONS.search(self.person.page.text)
        return json.loads(html.unescape(found[1])) if found else None

    @property
    def digits(self) -> str:
        assert self.options, self.person.words
        return str(self.options["digits"])

    def anew(self) -> TestResponse:
        """Press the button of the page that has waited."""
        form = self.person.form(action="/answer")
        action = form.action.replace("/answer", "/resend")
        return self.person.fill(replace(form, action=action))

    def say(self, digits: str | None = None, *, voice: int = 1) -> bytes:
        """Return a recording of the digits, and let the time pass that it takes."""
        asked = {"digits": self.digits if digits is None else digits}
        said = Challenge([Ask("sample", "voice", Text("Say it."), asked)])
        [sample] = (self.speaker.right if voice == 1 else self.speaker.wrong)(said).samples
        return sample.data

    def send(self, recording: bytes) -> TestResponse:
        return self.person.answer(sample=(io.BytesIO(recording), "voice.wav"))

    def trail(self, event: str) -> list[dict[str, Any]]:
        with self.house.store.read() as tx:
            return [dict(each.detail) for each in tx.audit.list(100) if each.event == event]

    @property
    def arrived(self) -> bool:
        return "code" in self.person.arrived


def caller_in(house: House, clock: FakeClock, pool: Pool, name: str = "vera") -> Caller:
    """Enrol somebody's password, authenticator app and voice; they stand before a browser."""
    factor, speaker = house.factors["voice"], Speaker(clock)
    vera = house.enrolled(name, password=PASSWORD, totp=SEED)
    came: Challenge | Template = factor.begin_enroll(Subject(vera, name), ())
    while isinstance(came, Challenge):
        came = factor.continue_enroll(Subject(vera, name), came.secret, speaker.right(came))
    with house.store.write() as tx:
        tx.biometric_consents.give(vera, "voice", CONSENT.version, "browser")
        keep(tx, vera, factor, came)
    clock.advance(timedelta(minutes=1))
    return Caller(house, house.person(), speaker, Chatbot("bot"), pool, name)


def caller(build: Build, clock: FakeClock, **more: Any) -> Caller:
    """Build a house in which Vera is enrolled."""
    pool = Pool()
    factor = voice.assemble(PooledEars(pool), VoiceSettings.load(), clock)
    house = build(factors={"voice": factor}, infer=pool, **more)
    house.chatbot("bot", acr="mfa")
    return caller_in(house, clock, pool)
