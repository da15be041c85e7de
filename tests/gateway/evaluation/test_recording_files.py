"""Files of any kind and rate become what the engines want."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from contracts.errors import BadRequest
from gateway.evaluation.conditions import resample
from gateway.evaluation.recording import load


def test_a_file_is_brought_to_mono_at_16_khz(tmp_path: Path) -> None:
    time = np.arange(48_000) / 48_000
    tone = 0.5 * np.sin(2 * np.pi * 1000 * time)
    soundfile.write(tmp_path / "a.wav", np.stack([tone, tone], axis=1), 48_000)
    waveform = load(tmp_path / "a.wav")
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    assert waveform.shape == (16_000,)
    assert np.abs(waveform - expected).max() < 1e-3


def test_a_lower_rate_is_padded() -> None:
    tone = np.sin(2 * np.pi * 500 * np.arange(8_000) / 8_000).astype(np.float32)
    expected = np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000)
    assert np.abs(resample(tone, 8_000, 16_000) - expected).max() < 1e-3


def test_a_file_that_is_no_audio_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no audio")
    for name in ("a.wav", "absent.wav"):
        with pytest.raises(BadRequest, match="Error"):
            load(tmp_path / name)


def test_a_file_without_sound_is_a_failure(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0), 16_000)
    with pytest.raises(BadRequest, match="no sound"):
        load(tmp_path / "a.wav")
