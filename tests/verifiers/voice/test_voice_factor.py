"""The voice factor with an encoder that tells voices apart by their first sample."""

from __future__ import annotations

import hashlib
import math
import struct
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.errors import BadRequest, Retry, Unavailable
from contracts.factor import Answer, Challenge, Enrolled, Factor, Kind, Subject, Template, Workshop
from contracts.sample import Modality, Sample
from tests.fakes.clock import NOON, FakeClock
from tests.verifiers.conftest import kept, stored
from verifiers import voice
from verifiers.voice.audio import wav
from verifiers.voice.engines import DEFAULT, described
from verifiers.voice.factor import Voice
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import LISTEN, Utterance
from verifiers.voice.vectors import pack

ENGINE = described(DEFAULT)
QUALITY = {"speech_ms": 2400.0, "onset_ms": 800.0}
ALICE = Subject("a1", "alice")


class AngleEars:
    """Turns a recording whose first sample is an angle into an embedding of that direction.

    What is said in it is its third sample and those after, as digits.
    """

    def listen(self, recording: bytes) -> Utterance:
        samples = wav.pcm(recording)
        (degrees,) = struct.unpack_from("<h", samples)
        angle = math.radians(degrees)
        values = [math.cos(angle), math.sin(angle), *[0.0] * (ENGINE.dimension - 2)]
        signal = hashlib.shake_128(samples).digest(160)
        return Utterance(pack(values), ENGINE.format, quality=QUALITY, fingerprint=signal)

    def alone(self, recording: bytes) -> None:
        pass

    def words(self, recording: bytes, language: str) -> tuple[str, ...]:
        return tuple(str(each) for (each,) in struct.iter_unpack("<h", wav.pcm(recording)[4:]))


def spoken(degrees: int, take: int = 0, digits: str = "") -> Answer:
    """Record a voice of this direction; another take is another signal."""
    data = wav.wave(struct.pack(f"<hh{len(digits)}h", degrees, take, *map(int, digits)))
    return Answer(samples=[Sample(Modality.VOICE, "audio/wav", data, NOON, "test")])


@pytest.fixture
def factor(clock: FakeClock) -> Voice:
    return voice.assemble(AngleEars(), VoiceSettings.load(), clock)


def enrol(factor: Voice, *answers: Answer) -> Template:
    challenge: Challenge | Template = factor.begin_enroll(ALICE, [])
    for answer in answers:
        assert isinstance(challenge, Challenge)
        challenge = factor.continue_enroll(ALICE, challenge.secret, answer)
    assert isinstance(challenge, Template)
    return challenge


@pytest.fixture
def enrolled(factor: Voice) -> Enrolled:
    template = enrol(factor, spoken(0), spoken(10), spoken(-10))
    return stored(kept(factor, template))


def test_it_is_a_factor(factor: Voice) -> None:
    port: Factor = factor
    assert (port.name, port.kind, port.amr) == ("voice", Kind.INHERENCE, ("vbm",))
    assert (port.many, port.pick, port.usernameless) == (False, False, False)


def test_a_template_of_another_engine_is_never_compared(
    factor: Voice, enrolled: Enrolled, clock: FakeClock
) -> None:
    foreign = replace(enrolled, format="ecapa/1")
    challenge = factor.begin_verify(ALICE, [foreign])
    clock.advance(timedelta(seconds=8))
    answer = spoken(0, 1, challenge.asks[0].options["digits"])
    verdict = factor.finish_verify(ALICE, [foreign], challenge.secret, answer)
    assert not verdict.accepted
    assert verdict.score is None
    assert verdict.reason == "template of another engine"
    assert not factor.prospect([foreign]).accepted


def test_with_nothing_enrolled_the_recording_is_encoded_all_the_same(
    factor: Voice, clock: FakeClock
) -> None:
    challenge = factor.begin_verify(ALICE, [])
    clock.advance(timedelta(seconds=8))
    assert not factor.finish_verify(ALICE, [], challenge.secret, spoken(0)).accepted
    with pytest.raises(BadRequest):
        factor.finish_verify(ALICE, [], challenge.secret, Answer())


def test_the_same_signal_twice_is_refused(factor: Voice) -> None:
    with pytest.raises(Retry, match="used already"):
        enrol(factor, spoken(0), spoken(10), spoken(0))


def test_the_same_signal_in_another_file_is_refused(factor: Voice) -> None:
    (sample,) = spoken(0).samples
    other = sample.data + b"LIST\x04\x00\x00\x00abcd"
    with pytest.raises(Retry, match="used already"):
        enrol(factor, spoken(0), Answer(samples=[replace(sample, data=other)]))


@pytest.mark.parametrize("count", [0, 2])
def test_one_recording_is_needed(factor: Voice, count: int) -> None:
    answer = Answer(samples=[*spoken(0).samples] * count)
    with pytest.raises(BadRequest, match="missing"):
        factor.continue_enroll(ALICE, factor.begin_enroll(ALICE, []).secret, answer)


def test_a_broken_recording_never_reaches_the_pool(clock: FakeClock) -> None:
    class NoEars(AngleEars):
        def listen(self, recording: bytes) -> Utterance:
            raise AssertionError("listened")

    strict = voice.assemble(NoEars(), VoiceSettings.load(), clock)
    (sample,) = spoken(0).samples
    broken = Answer(samples=[replace(sample, data=b"RIFF")])
    with pytest.raises(BadRequest):
        strict.finish_verify(ALICE, [], strict.begin_verify(ALICE, []).secret, broken)


def test_a_voice_names_nobody(factor: Voice) -> None:
    assert factor.claimed(spoken(0)) is None
    assert factor.prospect([]).accepted


def test_a_pool_that_is_down_is_passed_on(workshop: Workshop, enrolled: Enrolled) -> None:
    def down(job: str, payload: bytes) -> bytes:
        assert job == LISTEN
        raise Unavailable

    factor = voice.build(replace(workshop, infer=down))
    assert factor is not None
    secret = factor.begin_verify(ALICE, [enrolled]).secret
    with pytest.raises(Unavailable):
        factor.finish_verify(ALICE, [enrolled], secret, spoken(0))
