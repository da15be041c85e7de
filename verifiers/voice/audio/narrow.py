"""Speech that came over a telephone: its empty upper band is filled before it is encoded."""

from __future__ import annotations

import numpy as np

from verifiers.voice.arrays import Floats

NOISE_DB = 20.0
"""How far below the speech: of 15, 20 and 25 dB the one with the fewest errors."""
SEED = 1


def filled(waveform: Floats) -> Floats:
    """Add white noise, always the same, 20 dB below the speech (samples,).

    The engines know speech of the whole band. Where nothing is, their features are the rounding of
    the codec, and people sound alike by it (docs/performance/engines.md).
    """
    level = np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))
    noise = np.random.default_rng(SEED).standard_normal(waveform.size)
    heard: Floats = (waveform + noise * (level * 10 ** (-NOISE_DB / 20))).astype(np.float32)
    return heard
