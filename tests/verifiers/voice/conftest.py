"""What tests of voice share: recordings of real people, models, and signals made on the spot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import soundfile

from tests import recordings
from tests.recordings import part, recording
from verifiers.voice.audio import wav
from verifiers.voice.audio.wav import RATE


@pytest.fixture(scope="session")
def models() -> None:
    """The models, or a reason why not."""
    recordings.models()


@pytest.fixture(scope="session")
def speech() -> Callable[..., bytes]:
    """Return what reads the n-th recording of a speaker as WAV, louder or shorter if asked."""
    part("voice")

    def read(speaker: str, number: int, *, gain: float = 1.0, seconds: float = 15.0) -> bytes:
        waveform, rate = soundfile.read(recording(speaker, number))
        assert rate == RATE
        return sound(waveform[: int(seconds * RATE)] * gain)

    return read


def sound(waveform: np.typing.NDArray[np.float64]) -> bytes:
    """Return a waveform as WAV, clipped at full scale."""
    return wav.wave((np.clip(waveform, -1, 1) * 32767).astype("<i2").tobytes())
