"""The features Whisper hears: 80 logarithmic mel bands, 100 frames a second (its `log_mel`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from verifiers.voice.arrays import Floats
from verifiers.voice.audio.spectrum import power
from verifiers.voice.audio.wav import RATE

WINDOW, HOP, BANDS = 400, 160, 80
LINEAR_HERTZ, LOGARITHMIC_FROM = 200 / 3, 1000.0
STEP = np.log(6.4) / 27
"""The mel scale of Slaney: linear below 1 kHz, above it 27 bands for each factor of 6.4."""
HANNING = np.hanning(WINDOW + 1)[:-1].astype(np.float32)


def log_mel(waveform: Floats) -> Floats:
    """Return the features (80, frames) of a waveform (samples,) in [-1, 1] at 16 kHz."""
    padded = np.pad(waveform, WINDOW // 2, mode="reflect")
    energies = np.log10(np.maximum(power(padded, HANNING, HOP)[:-1] @ FILTERS.T, 1e-10)).T
    scaled: Floats = ((np.maximum(energies, energies.max() - 8) + 4) / 4).astype(np.float32)
    return scaled


def _filters() -> NDArray[np.float64]:
    """Return the triangles (80, 201) of the mel scale, each of the same area."""
    edges = _hertz(np.linspace(0, _mel(RATE / 2), BANDS + 2))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    filters: NDArray[np.float64] = triangles * (2 / (edges[2:] - edges[:-2]))[:, None]
    return filters


def _mel(hertz: float) -> float:
    """Return the mel of a frequency above the linear part."""
    return float(LOGARITHMIC_FROM / LINEAR_HERTZ + np.log(hertz / LOGARITHMIC_FROM) / STEP)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    corner = LOGARITHMIC_FROM / LINEAR_HERTZ
    above = LOGARITHMIC_FROM * np.exp(STEP * (mels - corner))
    return np.where(mels < corner, LINEAR_HERTZ * mels, above)


FILTERS = _filters()
