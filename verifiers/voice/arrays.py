"""Sound and voices as numbers, in the processes that compute with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def waveform(samples: memoryview) -> Floats:
    """Turn 16-bit samples into a waveform in [-1, 1]."""
    return np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32768)


def unit(embeddings: Floats) -> Floats:
    """Scale embeddings (..., dimension) to unit length; one without direction becomes nan."""
    lengths = np.linalg.norm(embeddings, axis=-1, keepdims=True)
    scaled: Floats = (embeddings / np.where(lengths, lengths, np.nan)).astype(np.float32)
    return scaled
