"""Short-time power spectra, as all measures of a recording begin."""

from __future__ import annotations

import numpy as np

from verifiers.voice.arrays import Floats


def power(waveform: Floats, window: Floats, hop: int) -> Floats:
    """Return the power (frames, bins) of a waveform (samples,) under a window, each hop anew.

    What is left at the end and does not fill a window is left out.
    """
    if waveform.size < window.size:
        return np.zeros((0, window.size // 2 + 1), np.float32)
    rows = np.lib.stride_tricks.sliding_window_view(waveform, window.size)[::hop]
    spectrum = np.fft.rfft(rows * window, axis=1)
    found: Floats = np.square(spectrum.real) + np.square(spectrum.imag)
    return found
