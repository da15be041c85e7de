"""How several recordings become one voiceprint, and what becomes of those that do not fit."""

from __future__ import annotations

import json
import math
import random
import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest

from contracts.errors import NotEnrolled, Retry
from contracts.factor import Answer, Challenge, Enrolled, Template
from contracts.sample import Modality, Sample
from tests.fakes.clock import NOON, FakeClock
from tests.verifiers.conftest import SEED
from verifiers.voice.audio import wav
from verifiers.voice.challenge.seen import day
from verifiers.voice.channels import CHANNELS
from verifiers.voice.deciding import Decision
from verifiers.voice.enrolling import Enrolling
from verifiers.voice.enrolment import PHRASES
from verifiers.voice.matcher import alike, cosine
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import LAYOUTS, Seen, Voiceprint
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import pack
from verifiers.voice.weighing import weight

ENGINE = "angles/2"


class Angles:
    """Hears a direction, a channel and an SNR in the first samples of a recording."""

    def listen(self, recording: bytes) -> Utterance:
        degrees, channel, snr, take = struct.unpack("<hhhh", wav.pcm(recording))
        fingerprint = random.Random(f"{degrees} {take}").randbytes(128)
        quality = {"speech_ms": 5000.0, "snr_db": float(snr)}
        return Utterance(towards(degrees), ENGINE, CHANNELS[channel], quality, None, fingerprint)

    def alone(self, recording: bytes) -> None:
        """Hear no second voice."""

    def words(self, recording: bytes, language: str) -> tuple[str, ...]:
        raise AssertionError("nobody is challenged while enrolling")


class Near:
    """Calls voices within 45 degrees one."""

    def comparable(self, enrolled: Sequence[Enrolled]) -> Sequence[Enrolled]:
        return enrolled

    def agree(self, one: Utterance, other: Utterance) -> bool:
        return alike(one.embedding, other.embedding) > math.cos(math.radians(45))

    def decide(self, probe: Utterance, enrolled: Sequence[Enrolled]) -> Decision:
        raise AssertionError("nothing is decided while enrolling")

    def strong(self, decision: Decision) -> bool:
        raise AssertionError("nothing is decided while enrolling")


def towards(degrees: float) -> bytes:
    angle = math.radians(degrees)
    return pack([math.cos(angle), math.sin(angle), 0.0, 0.0])


def spoken(degrees: int, *, channel: int = 0, take: int = 0, snr: int = 30) -> Answer:
    data = wav.wave(struct.pack("<hhhh", degrees, channel, snr, take))
    return Answer(samples=[Sample(Modality.VOICE, "audio/wav", data, NOON, "test")])


@pytest.fixture
def enrolling() -> Enrolling:
    return Enrolling(Angles(), Near(), VoiceSettings.load(), FakeClock())


def walk(enrolling: Enrolling, *answers: Answer) -> list[Challenge | Template]:
    """Return what came of each answer."""
    came: Challenge | Template = enrolling.begin()
    steps: list[Challenge | Template] = []
    for answer in answers:
        assert isinstance(came, Challenge)
        came = enrolling.go_on(came.secret, answer)
        steps.append(came)
    return steps


def voiceprint(came: Challenge | Template) -> Voiceprint:
    assert isinstance(came, Template)
    return Voiceprint.load(came.data)


def errors(steps: Sequence[Challenge | Template]) -> list[str]:
    """Return what was said of each recording, nothing where it fits."""
    return [str(each.error or "") for each in steps if isinstance(each, Challenge)]


def test_it_asks_for_as_many_phrases_as_are_needed_all_different(enrolling: Enrolling) -> None:
    challenge = enrolling.begin()
    phrases = set()
    for step, degrees in enumerate((0, 10), start=1):
        (ask,) = challenge.asks
        assert (challenge.step, challenge.steps, challenge.tries) == (step, 3, 1)
        assert (ask.name, ask.type) == ("sample", "voice")
        assert ask.options["seconds"] <= wav.MAX_SECONDS
        phrases.add(ask.options["phrase"])
        came = enrolling.go_on(challenge.secret, spoken(degrees))
        assert isinstance(came, Challenge)
        challenge = came
    assert len(phrases) == 2
    assert phrases <= set(PHRASES)
    assert isinstance(enrolling.go_on(challenge.secret, spoken(-10)), Template)


def test_a_voiceprint_is_the_mean_of_its_utterances_and_their_engine_s(
    enrolling: Enrolling,
) -> None:
    *_, template = walk(enrolling, spoken(0), spoken(20), spoken(-20))
    assert isinstance(template, Template)
    assert template.format == ENGINE
    kept = voiceprint(template)
    assert alike(kept.mean, towards(0)) == pytest.approx(1.0)
    assert (kept.channel, kept.utterances, kept.adapted) == ("wide", 3, None)
    assert not kept.salt


def test_an_outlier_in_the_middle_is_replaced(enrolling: Enrolling) -> None:
    steps = walk(enrolling, spoken(0), spoken(90), spoken(10), spoken(-10))
    assert [bool(each) for each in errors(steps)] == [False, True, False]
    assert "does not sound like the others" in errors(steps)[1]
    assert alike(voiceprint(steps[-1]).mean, towards(0)) == pytest.approx(1.0)


def test_the_outlier_may_be_the_first(enrolling: Enrolling) -> None:
    steps = walk(enrolling, spoken(90), spoken(0), spoken(10), spoken(-10))
    assert alike(voiceprint(steps[-1]).mean, towards(0)) == pytest.approx(1.0)


def test_each_agrees_with_each(enrolling: Enrolling) -> None:
    came = walk(enrolling, spoken(0), spoken(40), spoken(80))[-1]
    assert isinstance(came, Challenge)
    assert came.step == 3


def test_an_enrolment_that_finds_no_voice_ends(enrolling: Enrolling) -> None:
    others = [spoken(degrees) for degrees in (0, 60, 120, 180, 240, 300)]
    with pytest.raises(NotEnrolled, match="1 of 3 agree"):
        walk(enrolling, *others)


def test_all_come_over_one_channel(enrolling: Enrolling) -> None:
    steps = walk(enrolling, spoken(0, channel=1), spoken(5), spoken(10, channel=1))
    assert "another kind of line" in errors(steps)[1]
    *_, last = walk(
        enrolling, *(spoken(degrees, channel=channel) for degrees, channel in TELEPHONED)
    )
    assert voiceprint(last).channel == "telephone"


TELEPHONED = ((0, 1), (5, 0), (10, 1), (-10, 1))


def test_more_recordings_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_ENROLMENT_UTTERANCES", "5")
    thorough = Enrolling(Angles(), Near(), VoiceSettings.load(), FakeClock())
    *_, last = walk(thorough, *(spoken(degrees) for degrees in range(5)))
    assert voiceprint(last).utterances == 5


def test_the_same_signal_twice_is_refused(enrolling: Enrolling) -> None:
    with pytest.raises(Retry, match="used already"):
        walk(enrolling, spoken(0), spoken(10), spoken(0))


def test_no_recording_of_an_enrolment_can_be_given_to_log_in(enrolling: Enrolling) -> None:
    *_, last = walk(enrolling, spoken(0), spoken(90), spoken(10), spoken(-10))
    assert len({each.fingerprint for each in voiceprint(last).seen}) == 4
    assert {each.day for each in voiceprint(last).seen} == {day(NOON)}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_new_voiceprint_knows_what_those_before_knew(enrolling: Enrolling, layout: str) -> None:
    *_, last = walk(enrolling, spoken(0), spoken(10), spoken(-10))
    assert isinstance(last, Template)
    today, limits = day(NOON), VoiceSettings.load()
    old, fresh = Seen(b"old", today - limits.replay_days - 1), Seen(b"fresh", today - 1)
    before = replace(voiceprint(last), seen=(old, fresh)).dump()
    others = [Enrolled("c1", before, f"other{layout}", 1), Enrolled("c2", b"", "other/1", 1)]
    carried = voiceprint(enrolling.carried(last, others))
    assert carried == replace(voiceprint(last), seen=(fresh, *voiceprint(last).seen))


def test_what_is_noisy_or_short_counts_less() -> None:
    good = {"speech_ms": 6000.0, "snr_db": 30.0}
    assert weight({}) == weight(good) == 1.0
    assert weight(good | {"snr_db": 10.0}) < 1.0
    assert weight(good | {"speech_ms": 1200.0}) < 1.0
    assert weight({"speech_ms": 0.0, "snr_db": -20.0}) > 0


def test_the_better_recording_counts_more(enrolling: Enrolling) -> None:
    *_, last = walk(enrolling, spoken(0), spoken(0, take=1), spoken(40, snr=5))
    assert alike(voiceprint(last).mean, towards(0)) > math.cos(math.radians(40 / 3))


def test_no_recording_is_remembered_in_between(enrolling: Enrolling) -> None:
    came = enrolling.go_on(enrolling.begin().secret, spoken(0))
    assert isinstance(came, Challenge)
    assert set(json.loads(came.secret)) == {"phrases", "utterances"}


def test_what_is_stored_can_be_compared(enrolling: Enrolling) -> None:
    *_, last = walk(enrolling, spoken(0), spoken(20), spoken(-20))
    kept = voiceprint(last).protected(SEED)
    enrolled = Enrolled("c1", kept.dump(), ENGINE, 1, seed=SEED)
    assert cosine(towards(60), enrolled) == pytest.approx(0.5)
