"""Sound as numbers, in the processes that compute with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def waveform(samples: memoryview) -> Floats:
    """Turn 16-bit samples into a waveform in [-1, 1]."""
    return np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32768)
