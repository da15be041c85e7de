"""The digits of a login are fresh, for one answer, and asked anew wherever nothing was judged."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
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
from verifiers.voice.audio.wav import wave
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import PooledEars

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

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
    """Vera, who has proven the rest and is asked for her voice."""

    house: House
    person: Person
    speaker: Speaker
    bot: Chatbot
    pool: Pool

    def ask(self) -> None:
        """Be sent to log in with every proof anew."""
        self.person.authorize(self.bot, acr_values="mfa+voice", prompt="login")
        self.person.log_in("vera", PASSWORD)
        self.person.choose("Authenticator app")
        self.person.answer(code=self.house.totp())
        self.person.choose("Voice")

    @property
    def digits(self) -> str:
        found = OPTIONS.search(self.person.page.text)
        assert found, self.person.words
        shown: str = json.loads(html.unescape(found[1]))["digits"]
        return shown

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


@pytest.fixture
def caller(build: Build, clock: FakeClock) -> Caller:
    pool = Pool()
    factor = voice.assemble(PooledEars(pool), VoiceSettings.load(), clock)
    house = build(factors={"voice": factor}, infer=pool)
    vera, speaker = house.enrolled("vera", password=PASSWORD, totp=SEED), Speaker(clock)
    came: Challenge | Template = factor.begin_enroll(Subject(vera, "vera"), ())
    while isinstance(came, Challenge):
        came = factor.continue_enroll(Subject(vera, "vera"), came.secret, speaker.right(came))
    with house.store.write() as tx:
        tx.biometric_consents.give(vera, "voice", factor.consent.version, "browser")
        keep(tx, vera, factor, came)
    clock.advance(timedelta(minutes=1))
    return Caller(house, house.person(), speaker, house.chatbot("bot", acr="mfa"), pool)


def test_whoever_says_the_digits_is_let_in(caller: Caller) -> None:
    caller.ask()
    caller.send(caller.say())
    assert caller.arrived


def test_other_digits_count_as_a_wrong_answer_and_the_next_are_others(caller: Caller) -> None:
    caller.ask()
    before = caller.digits
    caller.send(caller.say(before[::-1]))
    assert not caller.arrived
    [rejected] = caller.trail("factor.rejected")
    assert rejected["reason"] == "other digits than were asked for"
    caller.person.choose("Voice")
    assert caller.digits != before


def test_an_answer_that_cannot_be_judged_is_asked_for_with_other_digits(caller: Caller) -> None:
    caller.ask()
    before = caller.digits
    caller.send(b"no recording")
    assert not caller.arrived
    assert caller.digits != before
    caller.send(caller.say())
    assert caller.arrived


def test_what_a_busy_pool_did_not_hear_is_no_try_and_may_be_sent_again(caller: Caller) -> None:
    caller.ask()
    before, said = caller.digits, caller.say()
    caller.pool.busy = True
    for _ in range(12):
        assert caller.send(said).status_code == 503
        assert caller.digits == before
    caller.pool.busy = False
    caller.send(said)
    assert caller.arrived


def test_digits_are_good_for_a_minute(caller: Caller) -> None:
    caller.ask()
    before, said = caller.digits, caller.say()
    caller.house.clock.advance(timedelta(seconds=53))
    caller.send(said)
    assert "That took too long." in caller.person.words
    assert caller.digits != before
    assert not caller.arrived


def test_fresh_digits_can_be_had_at_any_time(caller: Caller) -> None:
    caller.ask()
    caller.house.clock.advance(timedelta(seconds=100))
    form, before = caller.person.form(action="/answer"), caller.digits
    again = caller.person.fill(replace(form, action=form.action.replace("/answer", "/resend")))
    assert again.status_code == 200
    assert caller.digits != before
    caller.send(caller.say())
    assert caller.arrived


def test_a_challenge_is_answered_once(caller: Caller) -> None:
    caller.ask()
    form, said = caller.person.form(action="/answer"), caller.say()
    caller.send(wave(b"\x02\0" + said[46:]))
    assert not caller.arrived
    answer = caller.person.client.post(
        form.action, data={**form.fields, "sample": (io.BytesIO(said), "voice.wav")}
    )
    assert answer.status_code == 410
    assert not caller.arrived


def test_a_recording_that_was_given_is_known_at_the_next_login(caller: Caller) -> None:
    caller.ask()
    said = caller.say()
    caller.send(said)
    assert caller.person.arrived.pop("code")
    caller.house.clock.advance(timedelta(days=29))
    caller.ask()
    caller.house.clock.advance(timedelta(seconds=8))
    caller.send(said)
    assert not caller.arrived
    [forged] = caller.trail("factor.forged")
    assert forged["reason"] == "a recording that was given before"
    assert "given before" not in caller.person.words
