"""Where speech is in a recording: Silero VAD on ONNX Runtime, one thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verifiers.voice.arrays import Floats
from verifiers.voice.audio.spectrum import power
from verifiers.voice.audio.wav import RATE
from verifiers.voice.models import SPEECH
from verifiers.voice.networks import session

FRAME = 512
CONTEXT = 64
HOP, SPECTRA, BINS = 128, 4, 129
WINDOW = np.hanning(2 * HOP + 1)[:-1].astype(np.float32)
"""Periodic, as in the packaged network."""
SPEECH_PROBABILITY = 0.5
MARGIN = 3
"""Frames of 32 ms kept around the speech, where its first and last sounds fade."""
QUIETEST = 10
"""One frame in so many is taken for what is there besides the voice."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The part of a recording from its first to its last speech, and which frames are speech.

    `background` is the mean power of the quietest tenth of the whole recording, `onset` how many
    milliseconds it goes on before the speech.
    """

    waveform: Floats
    speech: NDArray[np.bool_]
    background: float = 0.0
    onset: int = 0

    @property
    def milliseconds(self) -> int:
        """How much of it is speech."""
        return int(self.speech.sum()) * FRAME * 1000 // RATE

    @property
    def loud(self) -> Floats:
        """The samples of the speech frames alone."""
        return self.waveform[np.repeat(self.speech, FRAME)[: self.waveform.size]]

    @property
    def level(self) -> float:
        """Mean level of the speech in dB full scale."""
        return float(10 * np.log10(np.mean(self.loud**2) + 1e-12))


class Speech:
    """The network, loaded once. Not for use by several threads at a time."""

    def __init__(self) -> None:
        self._speech = session(SPEECH.load())

    def hear(self, waveform: Floats) -> Heard:
        """Find the speech in a waveform (samples,) in [-1, 1] at 16 kHz."""
        speech = self._probabilities(waveform) >= SPEECH_PROBABILITY
        where = np.flatnonzero(speech)
        if not where.size:
            return Heard(waveform[:0], speech[:0])
        first, last = max(0, where[0] - MARGIN), where[-1] + MARGIN + 1
        cut = waveform[first * FRAME : last * FRAME]
        onset = int(where[0]) * FRAME * 1000 // RATE
        return Heard(cut, speech[first:last], background(waveform), onset)

    def _probabilities(self, waveform: Floats) -> Floats:
        """Return how likely each frame of 32 ms is speech."""
        spectra = power(frames(waveform), WINDOW, HOP)
        rows = spectra.reshape(-1, SPECTRA * BINS)
        probabilities: Floats = self._speech.run(None, {"power": rows})[0]
        return probabilities.reshape(-1)


def background(waveform: Floats) -> float:
    """Return the mean power of the quietest tenth of the frames, of one at least."""
    whole = waveform[: max(waveform.size // FRAME, 1) * FRAME]
    power = np.mean(whole.reshape(-1, min(FRAME, whole.size)) ** 2, axis=1)
    count = -(-power.size // QUIETEST)
    return float(np.partition(power, count - 1)[:count].mean())


def frames(waveform: Floats) -> Floats:
    """Cut a waveform into frames, each behind the end of the one before, its own end mirrored."""
    count = -(-waveform.size // FRAME)
    cut = np.zeros((count, FRAME), np.float32)
    cut.reshape(-1)[: waveform.size] = waveform
    before = np.zeros((count, CONTEXT), np.float32)
    before[1:] = cut[:-1, -CONTEXT:]
    return np.hstack([before, cut, cut[:, -2 : -CONTEXT - 2 : -1]])
