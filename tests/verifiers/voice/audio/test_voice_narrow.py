"""The empty upper band of a telephone is filled, always alike and quietly."""

from __future__ import annotations

import numpy as np
import pytest

from verifiers.voice.audio.narrow import NOISE_DB, filled

TIME = np.arange(16_000) / 16_000


def speech(level: float) -> np.ndarray:
    """Make a tone as a telephone would carry it."""
    return (level * np.sin(2 * np.pi * 1017 * TIME)).astype(np.float32)


@pytest.mark.parametrize("level", [0.5, 0.01])
def test_what_is_added_lies_below_the_speech_however_loud_that_is(level: float) -> None:
    added = filled(speech(level)) - speech(level)
    below = 10 * np.log10(np.mean(speech(level) ** 2) / np.mean(added**2))
    assert below == pytest.approx(NOISE_DB, abs=0.2)


def test_all_of_the_band_is_filled() -> None:
    power = np.abs(np.fft.rfft(filled(speech(0.5)))) ** 2
    upper = [part.mean() for part in np.array_split(power[4000:], 20)]
    assert max(upper) < 3 * min(upper)


def test_the_same_recording_sounds_the_same_again() -> None:
    assert np.array_equal(filled(speech(0.3)), filled(speech(0.3)))


def test_silence_stays_silent() -> None:
    assert not filled(np.zeros(100, np.float32)).any()
