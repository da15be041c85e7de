"""A voiceprint follows its owner, slowly and never far, and nobody leads it astray."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from contracts.factor import Enrolled
from tests.verifiers.conftest import SEED
from verifiers.voice.adaptation import Adaptation, reverted, within
from verifiers.voice.deciding import Decision
from verifiers.voice.matcher import cosine as compared
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import cosine, pack, unpack

ENGINE = "angles/2"
JUST, BEYOND = math.cos(math.radians(40)), math.cos(math.radians(20))


class Angles:
    """Accepts up to 40 degrees; up to 20 is beyond doubt."""

    def comparable(self, enrolled: Sequence[Enrolled]) -> Sequence[Enrolled]:
        return enrolled

    def agree(self, one: Utterance, other: Utterance) -> bool:
        raise AssertionError("nobody enrols")

    def decide(self, probe: Utterance, enrolled: Sequence[Enrolled]) -> Decision:
        (one,) = enrolled
        score = compared(probe.embedding, one)
        return Decision(score >= JUST, one.credential_id, score)

    def strong(self, decision: Decision) -> bool:
        return decision.score is not None and decision.score >= BEYOND


def spoken(degrees: float, channel: str = "wide") -> Utterance:
    angle = math.radians(degrees)
    embedding = pack([math.cos(angle), math.sin(angle), 0.0, 0.0])
    return Utterance(embedding, ENGINE, channel, attack=1.0)


@pytest.fixture
def voiceprint() -> Voiceprint:
    return Voiceprint(b"", spoken(0).embedding, "wide", 3).protected(SEED)


@pytest.fixture
def adaptation(monkeypatch: pytest.MonkeyPatch) -> Adaptation:
    monkeypatch.setenv("GATEHOUSE_VOICE_ADAPTATION", "true")
    return Adaptation(Angles(), VoiceSettings.load())


def enrolled(voiceprint: Voiceprint) -> Enrolled:
    return Enrolled("c1", voiceprint.dump(), ENGINE, 1, seed=SEED)


def after(adaptation: Adaptation, voiceprint: Voiceprint, *said: Utterance) -> Voiceprint:
    for each in said:
        voiceprint = adaptation.learn(enrolled(voiceprint), voiceprint, each)
    return voiceprint


def drift(voiceprint: Voiceprint) -> float:
    """Return the cosine between what was learnt and what was enrolled."""
    return cosine(unpack(voiceprint.mean), unpack(voiceprint.current))


def test_it_is_off_unless_it_is_switched_on(voiceprint: Voiceprint) -> None:
    off = Adaptation(Angles(), VoiceSettings.load())
    assert after(off, voiceprint, spoken(5)) == voiceprint


def test_nothing_is_learnt_where_nobody_looks_for_attacks(
    adaptation: Adaptation, voiceprint: Voiceprint
) -> None:
    unseen = replace(spoken(5), attack=None)
    assert after(adaptation, voiceprint, unseen) == voiceprint


def test_one_success_moves_it_a_little_and_what_was_enrolled_stays(
    adaptation: Adaptation, voiceprint: Voiceprint
) -> None:
    learnt = after(adaptation, voiceprint, spoken(15))
    assert learnt.mean == voiceprint.mean
    assert compared(spoken(15).embedding, enrolled(learnt)) > math.cos(math.radians(15))
    assert drift(learnt) > math.cos(math.radians(1))


def test_many_successes_move_it_no_further_than_its_bound(
    adaptation: Adaptation, voiceprint: Voiceprint
) -> None:
    bound = VoiceSettings.load().adaptation_cosine
    learnt = after(adaptation, voiceprint, *[spoken(19)] * 100)
    assert drift(learnt) == pytest.approx(bound, abs=1e-6)


def test_whoever_is_just_accepted_teaches_nothing(
    adaptation: Adaptation, voiceprint: Voiceprint
) -> None:
    assert after(adaptation, voiceprint, *[spoken(39)] * 100) == voiceprint


def test_small_steps_do_not_lead_it_astray(adaptation: Adaptation, voiceprint: Voiceprint) -> None:
    """Whoever is beyond doubt by what was learnt alone is not learnt from."""
    near = after(adaptation, voiceprint, *[spoken(19)] * 100)
    assert after(adaptation, near, *[spoken(25)] * 100) == near


def test_even_an_impostor_who_is_learnt_from_moves_it_no_further(
    adaptation: Adaptation, voiceprint: Voiceprint
) -> None:
    poisoned = voiceprint
    for _ in range(100):
        poisoned = adaptation.moved(poisoned, SEED, unpack(spoken(80).embedding))
    bound = VoiceSettings.load().adaptation_cosine
    assert drift(poisoned) >= bound - 1e-6
    gained = math.degrees(math.acos(bound))
    assert compared(spoken(80).embedding, enrolled(poisoned)) == pytest.approx(
        math.cos(math.radians(80 - gained)), abs=1e-3
    )


def test_another_channel_teaches_nothing(adaptation: Adaptation, voiceprint: Voiceprint) -> None:
    assert after(adaptation, voiceprint, spoken(5, "telephone")) == voiceprint


def test_what_was_learnt_can_be_forgotten(adaptation: Adaptation, voiceprint: Voiceprint) -> None:
    learnt = after(adaptation, voiceprint, spoken(15))
    assert learnt.adapted
    assert reverted(learnt) == replace(voiceprint, seen=learnt.seen)


@pytest.mark.parametrize("degrees", [0, 5, 89, 179])
def test_the_bound_is_exact(degrees: float) -> None:
    centre, vector = unpack(spoken(0).embedding), unpack(spoken(degrees).embedding)
    near = within(centre, vector, 0.98)
    assert math.hypot(*near) == pytest.approx(1, abs=1e-6)
    assert cosine(centre, near) >= 0.98 - 1e-9
    if degrees == 5:
        assert near == pytest.approx(vector, abs=1e-6)
