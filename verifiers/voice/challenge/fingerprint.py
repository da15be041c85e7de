"""A perceptual hash of a recording: the same signal is known again, whatever its file looks like.

Each frame of 64 ms gives 16 bits: whether the difference of two neighbouring bands of the spectrum
rises or falls (Haitsma and Kalker, 2002). Gain, codecs, resampling and silence around it change few
of them; another utterance of the same words by the same voice changes almost half. The bands are
all as wide, so that a shift of all frequencies by some Hertz moves each of them by a part alone.
"""

from __future__ import annotations

import numpy as np

from verifiers.voice.arrays import Floats
from verifiers.voice.audio.spectrum import power
from verifiers.voice.audio.wav import RATE

WINDOW, HOP = 4096, 1024
HANNING = np.hanning(WINDOW).astype(np.float32)
LOWEST_HZ, HIGHEST_HZ = 300.0, 3400.0
BITS = 16
USUAL, QUIET_DB = 75, 20.0
"""Frames so far below the level that a quarter of them exceeds are noise, and count as nothing.

Not below the loudest: one loud beep would make noise of all speech.
"""


def fingerprint(waveform: Floats) -> bytes:
    """Return two bytes for each frame of a waveform (samples,) at 16 kHz; 0 for a quiet frame."""
    energies = power(_padded(waveform), HANNING, HOP)
    bands = np.log10(np.add.reduceat(energies, EDGES, axis=1)[:, :-1] + 1e-12)
    rising = np.diff(np.diff(bands, axis=1), axis=0) > 0
    words = rising @ (1 << np.arange(BITS))
    loud = 10 * np.log10(energies[1:, EDGES[0] : EDGES[-1]].sum(axis=1) + 1e-12)
    heard = np.where(loud > np.percentile(loud, USUAL) - QUIET_DB, words, 0)
    return bytes(heard.astype("<u2").tobytes())


def _padded(waveform: Floats) -> Floats:
    """Put silence around, so that the first and the last frame are whole."""
    return np.pad(waveform, (WINDOW // 2, WINDOW // 2 + HOP))


EDGES = np.round(np.linspace(LOWEST_HZ, HIGHEST_HZ, BITS + 2) * WINDOW / RATE).astype(int)
