"""Short-time power spectra: what every measure of a recording begins with."""

from __future__ import annotations

import numpy as np
import pytest

from verifiers.voice.audio.spectrum import power

WINDOW = np.hanning(512).astype(np.float32)


def test_a_tone_is_where_it_sounds() -> None:
    time = np.arange(16_000) / 16_000
    found = power(np.sin(2 * np.pi * 1_000 * time).astype(np.float32), WINDOW, 160)
    assert found.dtype == np.float32
    assert found.shape == ((16_000 - 512) // 160 + 1, 257)
    assert (found.argmax(1) == 1_000 * 512 // 16_000).all()


def test_it_is_the_squared_size_of_the_transform() -> None:
    waveform = np.random.default_rng(1).standard_normal(2_000).astype(np.float32)
    expected = np.abs(np.fft.rfft(waveform[320 : 320 + 512].astype(np.float64) * WINDOW)) ** 2
    assert np.allclose(power(waveform, WINDOW, 160)[2], expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("size", [0, 1, 511])
def test_what_fills_no_window_has_no_frames(size: int) -> None:
    assert power(np.ones(size, np.float32), WINDOW, 160).shape == (0, 257)


def test_several_waveforms_are_looked_at_each_by_itself() -> None:
    waveforms = np.random.default_rng(1).standard_normal((3, 1_000)).astype(np.float32)
    found = power(waveforms, WINDOW, 160)
    assert found.shape == (3, 4, 257)
    assert (found[1] == power(waveforms[1], WINDOW, 160)).all()
