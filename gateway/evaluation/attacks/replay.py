"""Replay: a recording played by a simulated loudspeaker in a simulated room to a microphone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import fftconvolve

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.conversion import Changed
from gateway.evaluation.conditions import mixed, room, unclipped
from verifiers.voice.audio.wav import RATE


@dataclass(frozen=True, slots=True)
class Loudspeaker:
    """What a loudspeaker does: the band it carries, how steep, how it distorts, how far it is."""

    band: tuple[tuple[float, float], tuple[float, float]]
    drive: tuple[float, float]
    ripple_db: float
    direct_db: tuple[float, float]
    seconds: tuple[float, float]

    def __call__(self, waveform: Real, rng: np.random.Generator) -> Real:
        """Play a waveform in a room and record it again."""
        loud = waveform / max(float(np.abs(waveform).max(initial=0)), 1e-6)
        driven = distorted(loud, float(rng.uniform(*self.drive)))
        played: Real = np.fft.irfft(np.fft.rfft(driven) * self._response(loud.size, rng), loud.size)
        heard = fftconvolve(played, room(self.seconds, self.direct_db, rng))[: loud.size]
        hiss = rng.standard_normal(loud.size).astype(np.float32)
        quiet = unclipped((heard / np.abs(heard).max() * 0.5).astype(np.float32))
        return mixed(quiet, hiss, float(rng.uniform(30, 45)))

    def _response(self, size: int, rng: np.random.Generator) -> Real:
        """Return the gain at each frequency: a band-pass with the ripple of a small box."""
        frequency = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1)
        low, high = rng.uniform(*self.band[0]), rng.uniform(*self.band[1])
        gain = 1 / np.sqrt(1 + (low / frequency) ** 6) / np.sqrt(1 + (frequency / high) ** 8)
        octaves = np.log2(frequency / 100)
        points = rng.normal(0, self.ripple_db, 12)
        shaped: Real = gain * 10 ** (np.interp(octaves, np.linspace(0, 6.4, 12), points) / 20)
        return shaped


def distorted(waveform: Real, drive: float) -> Real:
    """Bend the peaks, more on one side than on the other, as a cone at its limit does."""
    bent: Real = np.tanh(drive * waveform + 0.1 * drive * waveform**2) / np.tanh(drive)
    return bent


TELEPHONE = Loudspeaker(((350, 600), (4_500, 7_000)), (0.8, 2.0), 4.0, (6, 12), (0.2, 0.5))
STUDIO = Loudspeaker(((50, 90), (7_600, 8_000)), (0.05, 0.2), 1.0, (10, 18), (0.15, 0.4))

PHONE = Changed("replay-phone", "played by a simulated phone held to the microphone", TELEPHONE)
GOOD = Changed("replay-loudspeaker", "played by a simulated good loudspeaker in a room", STUDIO)
