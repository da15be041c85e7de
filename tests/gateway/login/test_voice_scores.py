"""Who speaks learns yes, no or try again; how alike the voice was is for the trail alone."""

from __future__ import annotations

import re

import pytest

from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.voices import cosine_at, enrol, listen, say
from tests.walks.person import Chatbot, Person
from verifiers import voice
from verifiers.voice.calibration import Calibration
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import PooledEars

RANDOM = re.compile(r"[\w-]{43,}")
"""Handles of logins and ceremonies, and what stands against forged forms."""


@pytest.fixture
def house(build: Build) -> House:
    made = build()
    ears = PooledEars(listen)
    made = build(factors={"voice": voice.assemble(ears, VoiceSettings.load(), made.clock)})
    enrol(made, made.enrolled("alice", password=PASSWORD, totp=SEED))
    made.chatbot("bank", acr="mfa+voice")
    return made


def before_the_voice(house: House) -> Person:
    """Give the first two proofs and be asked to speak."""
    person = house.person()
    person.authorize(Chatbot("bank"))
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.choose("Voice")
    return person


def told(person: Person) -> tuple[int, str, dict[str, str]]:
    """Return all that came back but what is random."""
    headers = {
        name: RANDOM.sub("", value)
        for name, value in person.page.headers.items()
        if name not in {"Set-Cookie", "Date", "Content-Length"}
    }
    return person.page.status_code, RANDOM.sub("", person.page.text), headers


def test_far_below_and_just_below_are_told_alike(house: House) -> None:
    answers = []
    for take, cosine in enumerate((0.05, cosine_at(1e-4, -0.05))):
        person = before_the_voice(house)
        say(house, person, cosine, take)
        assert not person.arrived
        answers.append(told(person))
        house.clock.advance(house.settings.span("login"))
    assert answers[0] == answers[1]
    status, page, _ = answers[0]
    assert status == 401
    assert "Choose how to go on" in page


def test_just_above_is_let_in_and_told_no_more(house: House) -> None:
    person = before_the_voice(house)
    say(house, person, cosine_at(1e-4, 0.05))
    assert set(person.arrived) == {"code", "state", "iss"}


def test_the_trail_has_the_ratio_and_by_what_it_was_judged(house: House) -> None:
    person = before_the_voice(house)
    say(house, person, cosine_at(1e-4, -0.05))
    with house.store.read() as tx:
        [entry] = [each for each in tx.audit.list(50) if each.event == "factor.rejected"]
    point = Calibration.load().line("wide", "wide", 3).point(1e-4)
    assert entry.detail["score"] == pytest.approx(point.threshold - 0.05, abs=0.01)
    assert entry.detail["reason"] == "another voice"
    assert entry.detail["basis"] == f"{Calibration.load().id}, target 0.0001, wide-wide"
    assert f"{entry.detail['score']:.2f}" not in person.page.text
