"""Short-time power spectra, as all measures of a recording begin."""

from __future__ import annotations

import numpy as np

from verifiers.voice.arrays import Floats


def power(waveform: Floats, window: Floats, hop: int) -> Floats:
    """Return the power (..., frames, bins) of a waveform (..., samples) under a window, hop by hop.

    What is left at the end and does not fill a window is left out.
    """
    *several, samples = waveform.shape
    if samples < window.size:
        return np.zeros((*several, 0, window.size // 2 + 1), np.float32)
    rows = np.lib.stride_tricks.sliding_window_view(waveform, window.size, axis=-1)
    spectrum = np.fft.rfft(rows[..., ::hop, :] * window)
    found: Floats = np.square(spectrum.real) + np.square(spectrum.imag)
    return found
