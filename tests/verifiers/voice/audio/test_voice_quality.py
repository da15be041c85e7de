"""What is measured of a signal, and what a person is told to change."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.errors import Retry
from contracts.inference import Job
from gateway.evaluation import conditions
from tests.foreign import coded
from tests.timing import quickest
from tests.verifiers.voice.conftest import sound
from verifiers import voice
from verifiers.voice.arrays import Floats
from verifiers.voice.audio import decode, quality, wav
from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.audio.wav import RATE
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import ALONE, LISTEN, Utterance

Speech = Callable[..., bytes]
SETTINGS = VoiceSettings.load()
FRAMES = 3 * RATE // FRAME
GOOD = {
    "speech_ms": 3000,
    "level_dbfs": -20,
    "clipped": 0,
    "snr_db": 30,
    "bandwidth_hz": 8000,
}
RNG = np.random.default_rng(7)


def hiss(top: float) -> Floats:
    """Three seconds of noise up to a frequency."""
    spectrum = np.fft.rfft(RNG.standard_normal(FRAMES * FRAME))
    spectrum[np.fft.rfftfreq(FRAMES * FRAME, 1 / RATE) > top] = 0
    noise = np.fft.irfft(spectrum)
    return (0.05 * noise / noise.std()).astype(np.float32)


def heard(waveform: Floats, background: float = 1e-6) -> Heard:
    return Heard(waveform, np.ones(waveform.size // FRAME, np.bool_), background)


@pytest.mark.parametrize(
    ("measure", "value", "reason", "words"),
    [
        ("speech_ms", 0, "no_speech", "move closer and speak"),
        ("speech_ms", 900, "too_short", "speak the whole phrase"),
        ("level_dbfs", -51, "too_quiet", "move closer"),
        ("clipped", 0.003, "too_loud", "move away"),
        ("snr_db", 7, "too_noisy", "find a quiet place"),
        ("bandwidth_hz", 2750, "muffled", "uncover the microphone"),
    ],
)
def test_each_limit_says_what_to_do(measure: str, value: float, reason: str, words: str) -> None:
    quality.check(GOOD, SETTINGS)
    with pytest.raises(Retry) as raised:
        quality.check(GOOD | {measure: value}, SETTINGS)
    assert raised.value.reason == reason
    assert words in str(raised.value.public)


@pytest.mark.parametrize(
    ("top", "kind"), [(3400, "telephone"), (4000, "telephone"), (7000, "wide")]
)
def test_a_telephone_is_known_by_its_band(top: float, kind: str) -> None:
    measured = quality.measure(heard(hiss(top)))
    assert measured["bandwidth_hz"] == pytest.approx(top, abs=quality.BAND_HZ)
    assert quality.channel(measured, SETTINGS) == kind


@pytest.mark.parametrize("turned_down", [1.0, 0.2])
def test_clipping_is_found_after_it_was_turned_down_too(turned_down: float) -> None:
    whole = hiss(4000)
    cut = np.clip(whole * 10, -1, 1) * np.float32(turned_down)
    assert quality.clipped(whole) == 0
    assert quality.clipped(cut) > 0.002


def test_noise_is_told_from_the_quietest_part() -> None:
    assert quality.measure(heard(hiss(8000), 0.05**2 / 100))["snr_db"] == pytest.approx(20, abs=0.1)


@pytest.mark.parametrize("waveform", [np.zeros(FRAME * 9), np.ones(FRAME * 9)], ids=["0", "1"])
def test_whatever_is_measured_is_a_number(waveform: NDArray[np.float64]) -> None:
    measured = quality.measure(heard(waveform.astype(np.float32), 0.0))
    assert all(map(isfinite, measured.values()))
    assert quality.measure(Heard(waveform[:0].astype(np.float32), np.zeros(0, np.bool_))) == {
        "speech_ms": 0
    }


def test_three_seconds_are_measured_in_ten_milliseconds() -> None:
    speech = heard(hiss(8000))
    _, seconds = quickest(lambda: quality.measure(speech), 0.01)
    assert seconds < 0.01


@pytest.fixture(scope="module")
def listen(models: None) -> Job:
    return voice.JOBS[LISTEN]()


@pytest.fixture(scope="module")
def alone(models: None) -> Job:
    return voice.JOBS[ALONE]()


def samples(data: bytes) -> Floats:
    return np.frombuffer(wav.pcm(data), "<i2").astype(np.float32) / np.float32(32768)


@pytest.mark.recordings
def test_noise_as_loud_as_the_voice_is_told(listen: Job, speech: Speech) -> None:
    voiced = samples(speech("ls1688", 0))
    noise = np.random.default_rng(3).standard_normal(voiced.size).astype(np.float32)
    with pytest.raises(Retry) as raised:
        listen(sound(conditions.mixed(voiced, noise, 0)))
    assert raised.value.reason == "too_noisy"


@pytest.mark.recordings
def test_the_channel_is_told_whatever_the_file(listen: Job, speech: Speech) -> None:
    data = speech("vctk_p226", 0)
    whole = np.frombuffer(wav.pcm(data), "<i2")
    note = decode.decode(coded(whole, "ogg", "libopus", 48_000, bit_rate=16_000))
    call = decode.decode(coded(whole, "wav", "pcm_mulaw", 8_000))
    assert [Utterance.load(listen(each)).channel for each in (data, note, call)] == [
        "wide",
        "wide",
        "telephone",
    ]


@pytest.mark.recordings
def test_a_second_voice_is_heard_and_one_alone_is_not(alone: Job, speech: Speech) -> None:
    mine, yours = (samples(speech(who, 0))[: 4 * RATE] for who in ("ls1688", "ls2033"))
    assert alone(speech("ls1688", 0)) == b""
    with pytest.raises(Retry) as raised:
        alone(sound(np.concatenate([mine, yours])))
    assert raised.value.reason == "second_voice"
    assert "quiet place" in str(raised.value.public)
