"""Voice on real models: signals made on the spot, and real people where there are recordings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from contracts.errors import BadRequest, Retry
from contracts.factor import Answer, Challenge, Enrolled, Factor, Subject, Template, Workshop
from contracts.inference import Job
from contracts.sample import Modality, Sample
from tests.fakes.clock import NOON
from tests.recordings import pasted
from tests.timing import quickest
from tests.verifiers.conftest import kept, stored
from verifiers import voice
from verifiers.voice.adaptation import Adaptation
from verifiers.voice.audio import wav
from verifiers.voice.audio.wav import RATE
from verifiers.voice.calibration import STRICTEST
from verifiers.voice.deciding import made
from verifiers.voice.matcher import cosine
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import LISTEN, Utterance
from verifiers.voice.vectors import cosine as angle
from verifiers.voice.vectors import unpack

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
def test_the_same_person_is_accepted_and_another_refused(
    factor: Factor, encode: Job, speech: Speech
) -> None:
    enrolled = enrol(factor, (speech(MINE, number) for number in range(3)))
    decider = made(VoiceSettings.load(), STRICTEST)
    mine = decider.decide(Utterance.load(encode(speech(MINE, 4))), [enrolled])
    yours = decider.decide(Utterance.load(encode(speech(YOURS, 0))), [enrolled])
    assert mine.matched
    assert not yours.matched
    assert mine.score is not None
    assert yours.score is not None
    assert mine.score > yours.score


@pytest.mark.recordings
def test_another_voice_in_an_enrolment_is_left_out(
    factor: Factor, encode: Job, speech: Speech
) -> None:
    said_in_turn = [(MINE, 0), (YOURS, 0), (MINE, 1), (MINE, 2)]
    with_outlier = enrol(factor, (speech(*each) for each in said_in_turn))
    without = enrol(factor, (speech(MINE, number) for number in range(3)))
    probe = Utterance.load(encode(speech(MINE, 4))).embedding
    assert cosine(probe, with_outlier) == pytest.approx(cosine(probe, without), abs=1e-6)


@pytest.mark.recordings
def test_whoever_is_learnt_from_gains_no_more_than_the_bound(
    factor: Factor, encode: Job, speech: Speech
) -> None:
    """A hundred successes of an impostor, learnt from although none is beyond doubt."""
    settings = VoiceSettings.load()
    adaptation = Adaptation(made(settings, STRICTEST), settings)
    enrolled = enrol(factor, (speech(MINE, number) for number in range(3)))
    poisoned = Voiceprint.load(enrolled.template)
    theirs = Utterance.load(encode(speech(YOURS, 0)))
    for _ in range(100):
        poisoned = adaptation.moved(poisoned, enrolled.seed, unpack(theirs.embedding))
    drifted = angle(unpack(poisoned.mean), unpack(poisoned.current))
    assert drifted >= settings.adaptation_cosine - 1e-6
    after = replace(enrolled, template=poisoned.dump())
    gain = math.acos(cosine(theirs.embedding, enrolled)) - math.acos(
        cosine(theirs.embedding, after)
    )
    assert gain <= math.acos(settings.adaptation_cosine) + 1e-3
    mine = Utterance.load(encode(speech(MINE, 4)))
    assert cosine(mine.embedding, after) > cosine(mine.embedding, enrolled) - 0.2


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


@pytest.mark.parametrize("speaker", ["george", "lucas", "theo"])
def test_digits_of_another_before_ones_own_speech_are_not_of_one_voice(
    encode: Job, factor: Factor, speech: Speech, speaker: str
) -> None:
    enrolled = enrol(factor, (speech(MINE, number, seconds=6.0) for number in range(3)))
    digits = pasted(speaker, "483920", 3, RATE, lead=0.8)
    mine = np.frombuffer(wav.pcm(speech(MINE, 3, seconds=9.0)), "<i2") / 32768
    judge, least = made(VoiceSettings.load()), VoiceSettings.load().challenge_part

    def weakest(waveform: np.typing.NDArray[np.float64]) -> float:
        heard = Utterance.load(encode(as_wav(waveform)))
        parts = (replace(heard, embedding=part) for part in heard.parts)
        return min(judge.decide(part, [enrolled]).score or 0.0 for part in parts)

    assert weakest(np.concatenate([digits, mine])) < least
    assert weakest(mine) > least
