"""Replay: a recording played by a simulated loudspeaker in a simulated room to a microphone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gateway.evaluation.attacks.conversion import Changed
from gateway.evaluation.attacks.presentation import Floats
from gateway.evaluation.conditions import convolved, mixed, unclipped
from verifiers.voice.audio.wav import RATE


@dataclass(frozen=True, slots=True)
class Loudspeaker:
    """What a loudspeaker does: the band it carries, how steep, how it distorts, how far it is."""

    band: tuple[tuple[float, float], tuple[float, float]]
    drive: tuple[float, float]
    ripple_db: float
    direct_db: tuple[float, float]
    seconds: tuple[float, float]

    def __call__(self, waveform: Floats, rng: np.random.Generator) -> Floats:
        """Play a waveform in a room and record it again."""
        loud = waveform / max(float(np.abs(waveform).max(initial=0)), 1e-6)
        driven = distorted(loud, float(rng.uniform(*self.drive)))
        played: Floats = np.fft.irfft(
            np.fft.rfft(driven) * self._response(loud.size, rng), loud.size
        )
        heard = convolved(played, self._room(rng))[: loud.size]
        hiss = rng.standard_normal(loud.size).astype(np.float32)
        quiet = unclipped((heard / np.abs(heard).max() * 0.5).astype(np.float32))
        return mixed(quiet, hiss, float(rng.uniform(30, 45)))

    def _response(self, size: int, rng: np.random.Generator) -> Floats:
        """Return the gain at each frequency: a band-pass with the ripple of a small box."""
        frequency = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1)
        low, high = rng.uniform(*self.band[0]), rng.uniform(*self.band[1])
        gain = 1 / np.sqrt(1 + (low / frequency) ** 6) / np.sqrt(1 + (frequency / high) ** 8)
        octaves = np.log2(frequency / 100)
        points = rng.normal(0, self.ripple_db, 12)
        shaped: Floats = gain * 10 ** (np.interp(octaves, np.linspace(0, 6.4, 12), points) / 20)
        return shaped

    def _room(self, rng: np.random.Generator) -> Floats:
        """Return an impulse response: the direct sound and a decaying tail."""
        seconds = rng.uniform(*self.seconds)
        time = np.arange(int(seconds * RATE)) / RATE
        tail = rng.standard_normal(time.size) * 10 ** (-3 * time / seconds)
        tail *= 10 ** (-rng.uniform(*self.direct_db) / 20) / np.sqrt(np.sum(tail**2))
        return np.concatenate([[1.0], tail])


def distorted(waveform: Floats, drive: float) -> Floats:
    """Bend the peaks, more on one side than on the other, as a cone at its limit does."""
    bent: Floats = np.tanh(drive * waveform + 0.1 * drive * waveform**2) / np.tanh(drive)
    return bent


TELEPHONE = Loudspeaker(((350, 600), (4_500, 7_000)), (0.8, 2.0), 4.0, (6, 12), (0.2, 0.5))
STUDIO = Loudspeaker(((50, 90), (7_600, 8_000)), (0.05, 0.2), 1.0, (10, 18), (0.15, 0.4))

PHONE = Changed("replay-phone", "played by a simulated phone held to the microphone", TELEPHONE)
GOOD = Changed("replay-loudspeaker", "played by a simulated good loudspeaker in a room", STUDIO)
