"""Voice on real models: signals made on the spot, and real people where there are recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from contracts.errors import BadRequest, Retry
from contracts.factor import Answer, Challenge, Enrolled, Factor, Subject, Template, Workshop
from contracts.inference import Job
from contracts.sample import Modality, Sample
from tests.fakes.clock import NOON
from tests.timing import quickest
from tests.verifiers.conftest import kept, stored
from verifiers import voice
from verifiers.voice.audio import wav
from verifiers.voice.audio.wav import RATE
from verifiers.voice.utterance import LISTEN, Utterance

Speech = Callable[..., bytes]

ALICE = Subject("a1", "alice")
MINE, YOURS = "ls1688", "ls2033"


@pytest.fixture(scope="module")
def encode(models: None) -> Job:
    """The job of the inference pool, in this process."""
    return voice.JOBS[LISTEN]()


@pytest.fixture
def factor(encode: Job, workshop: Workshop) -> Factor:
    built = voice.build(replace(workshop, infer=lambda _, payload: encode(payload)))
    assert built is not None
    return built


def said(data: bytes) -> Answer:
    return Answer(samples=[Sample(Modality.VOICE, "audio/wav", data, NOON, "test")])


def enrol(factor: Factor, recordings: Iterator[bytes]) -> Enrolled:
    challenge: Challenge | Template = factor.begin_enroll(ALICE, [])
    while isinstance(challenge, Challenge):
        challenge = factor.continue_enroll(ALICE, challenge.secret, said(next(recordings)))
    return stored(kept(factor, challenge))


def as_wav(waveform: np.typing.NDArray[np.float64]) -> bytes:
    return wav.wave((np.clip(waveform, -1, 1) * 32767).astype("<i2").tobytes())


SECONDS = np.arange(3 * RATE) / RATE
SIGNALS = {
    "silence": np.zeros(3 * RATE),
    "white noise": np.random.default_rng(1).normal(0, 0.1, 3 * RATE),
    "a tone": 0.5 * np.sin(2 * np.pi * 440 * SECONDS),
    "a square wave": np.sign(np.sin(2 * np.pi * 100 * SECONDS)),
    "one sample": np.zeros(1),
    "ten milliseconds": np.random.default_rng(2).normal(0, 0.1, RATE // 100),
    "fifteen seconds of nothing": np.zeros(15 * RATE),
}


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=SIGNALS.keys())
def test_no_speech_is_asked_again(encode: Job, signal: np.typing.NDArray[np.float64]) -> None:
    def refuse() -> str:
        with pytest.raises(Retry) as raised:
            encode(as_wav(signal))
        return str(raised.value.public)

    words, seconds = quickest(refuse, 0.2)
    assert seconds < 0.2
    assert "speak the whole phrase" in words


def test_a_broken_recording_is_refused_by_the_job_too(encode: Job) -> None:
    with pytest.raises(BadRequest):
        encode(b"RIFF")


@pytest.mark.recordings
def test_the_same_person_is_accepted_and_another_refused(factor: Factor, speech: Speech) -> None:
    enrolled = enrol(factor, (speech(MINE, number) for number in range(3)))
    mine = factor.finish_verify(ALICE, [enrolled], b"", said(speech(MINE, 4)))
    yours = factor.finish_verify(ALICE, [enrolled], b"", said(speech(YOURS, 0)))
    assert mine.accepted
    assert not yours.accepted
    assert mine.score is not None
    assert yours.score is not None
    assert mine.score > yours.score


@pytest.mark.recordings
def test_two_voices_in_one_enrolment_are_asked_again(factor: Factor, speech: Speech) -> None:
    with pytest.raises(Retry, match="agreement"):
        enrol(factor, iter([speech(MINE, 0), speech(YOURS, 0), speech(MINE, 1)]))


@pytest.mark.recordings
def test_the_same_recording_twice_is_refused(factor: Factor, speech: Speech) -> None:
    with pytest.raises(Retry, match="used already"):
        enrol(factor, iter([speech(MINE, 0), speech(MINE, 0)]))


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gain": 0.01}, "closer"),
        ({"gain": 30.0}, "too loud"),
        ({"seconds": 0.9}, "whole phrase"),
    ],
    ids=["too quiet", "clipped", "too short"],
)
def test_a_poor_recording_says_what_to_change(
    encode: Job, speech: Speech, change: dict[str, float], words: str
) -> None:
    with pytest.raises(Retry) as raised:
        encode(speech(MINE, 0, **change))
    assert words in str(raised.value.public)


@pytest.mark.recordings
def test_the_quality_is_reported(encode: Job, speech: Speech) -> None:
    result = Utterance.load(encode(speech(MINE, 0))).quality
    assert result["speech_ms"] > 1000
    assert -40 < result["level_dbfs"] < -5
    assert result["clipped"] == 0
