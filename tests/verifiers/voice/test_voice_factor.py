"""The voice factor with an encoder that tells voices apart by their first sample."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest

from contracts.errors import BadRequest, Retry, Unavailable
from contracts.factor import Answer, Challenge, Enrolled, Factor, Kind, Subject, Template, Workshop
from contracts.sample import Modality, Sample
from tests.fakes.clock import NOON
from tests.verifiers.conftest import kept, stored
from verifiers import voice
from verifiers.voice.audio import wav
from verifiers.voice.engines import DEFAULT, described
from verifiers.voice.factor import Voice
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import LISTEN, Utterance
from verifiers.voice.vectors import pack

ENGINE = described(DEFAULT)
ALICE = Subject("a1", "alice")


class AngleEars:
    """Turns a recording whose first sample is an angle into an embedding of that direction."""

    def listen(self, recording: bytes) -> Utterance:
        (degrees,) = struct.unpack_from("<h", wav.pcm(recording))
        angle = math.radians(degrees)
        values = [math.cos(angle), math.sin(angle), *[0.0] * (ENGINE.dimension - 2)]
        return Utterance(pack(values), ENGINE.format)


def spoken(degrees: int, take: int = 0) -> Answer:
    """Record a voice of this direction; another take is another signal."""
    data = wav.wave(struct.pack("<hh", degrees, take))
    return Answer(samples=[Sample(Modality.VOICE, "audio/wav", data, NOON, "test")])


@pytest.fixture
def factor() -> Voice:
    return voice.assemble(AngleEars(), VoiceSettings.load())


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


def test_the_same_voice_is_accepted(factor: Voice, enrolled: Enrolled) -> None:
    verdict = factor.finish_verify(ALICE, [enrolled], b"", spoken(30))
    assert verdict.accepted
    assert verdict.credential_id == "c1"
    assert verdict.amr == ("vbm",)
    assert verdict.kinds == {Kind.INHERENCE}
    assert verdict.score == pytest.approx(math.cos(math.radians(30)))
    assert verdict.update is None


def test_another_voice_is_rejected_with_its_score_in_the_verdict_alone(
    factor: Voice, enrolled: Enrolled
) -> None:
    verdict = factor.finish_verify(ALICE, [enrolled], b"", spoken(60))
    assert not verdict.accepted
    assert verdict.score == pytest.approx(0.5)
    assert "0.5" not in verdict.reason
    assert (verdict.amr, verdict.kinds) == ((), frozenset())


def test_the_threshold_is_that_of_the_settings(
    enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_THRESHOLD", "0.4")
    monkeypatch.setenv("GATEHOUSE_VOICE_FMR", "0.01")
    lenient = voice.assemble(AngleEars(), VoiceSettings.load())
    assert lenient.finish_verify(ALICE, [enrolled], b"", spoken(60)).accepted


def test_a_template_of_another_engine_is_never_compared(factor: Voice, enrolled: Enrolled) -> None:
    foreign = replace(enrolled, format="ecapa/1")
    verdict = factor.finish_verify(ALICE, [foreign], b"", spoken(0))
    assert not verdict.accepted
    assert verdict.score is None
    assert verdict.reason == "template of another engine"
    assert not factor.prospect([foreign]).accepted


def test_with_nothing_enrolled_the_recording_is_encoded_all_the_same(factor: Voice) -> None:
    assert not factor.finish_verify(ALICE, [], b"", spoken(0)).accepted
    with pytest.raises(BadRequest):
        factor.finish_verify(ALICE, [], b"", Answer())


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


def test_a_broken_recording_never_reaches_the_pool(factor: Voice) -> None:
    class NoEars:
        def listen(self, recording: bytes) -> Utterance:
            raise AssertionError("listened")

    strict = voice.assemble(NoEars(), VoiceSettings.load())
    (sample,) = spoken(0).samples
    broken = Answer(samples=[replace(sample, data=b"RIFF")])
    with pytest.raises(BadRequest):
        strict.finish_verify(ALICE, [], b"", broken)


def test_a_voice_names_nobody(factor: Voice) -> None:
    assert factor.claimed(spoken(0)) is None
    assert factor.prospect([]).accepted


def test_no_liveness_is_claimed(factor: Voice) -> None:
    (ask,) = factor.begin_verify(ALICE, []).asks
    assert "not checked" in str(ask.prompt)


def test_a_pool_that_is_down_is_passed_on(workshop: Workshop, enrolled: Enrolled) -> None:
    def down(job: str, payload: bytes) -> bytes:
        assert job == LISTEN
        raise Unavailable

    factor = voice.build(replace(workshop, infer=down))
    assert factor is not None
    with pytest.raises(Unavailable):
        factor.finish_verify(ALICE, [enrolled], b"", spoken(0))
