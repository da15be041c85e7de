"""Splicing: pieces of what a person once said, in the order that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter

import numpy as np

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.presentation import Presentation, generator
from verifiers.voice.audio.wav import RATE

FRAME = 160
PIECES = 8
SHORTEST = 20
"""Frames of 10 ms that a piece has at least."""
FADE = 80


@dataclass(frozen=True, slots=True)
class Splicing:
    """Words cut at the quietest moments of all recordings of a person, put together anew."""

    name: str = "splicing"
    about: str = "words cut from recordings of the person and joined in another order"
    trained: bool = False
    each: int = 4

    def missing(self) -> str | None:
        """Nothing is needed."""
        return None

    def make(self, recordings: Sequence[Presentation]) -> Iterator[Presentation]:
        """Join pieces of each person's recordings."""
        person = attrgetter("subject")
        for subject, own in groupby(sorted(recordings, key=person), key=person):
            pieces = [piece for each in own for piece in cut(each.waveform)]
            for number in range(self.each):
                name = f"{subject}/splice{number}"
                rng = generator(self.name, name)
                chosen = [pieces[index] for index in rng.permutation(len(pieces))[:PIECES]]
                yield Presentation(self.name, name, subject, join(chosen))


def cut(waveform: Real) -> list[Real]:
    """Cut a recording where it is quiet for a moment."""
    count = waveform.size // FRAME
    level = np.sqrt(np.mean(waveform[: count * FRAME].reshape(count, FRAME) ** 2, axis=1))
    quiet = np.flatnonzero(level < 0.15 * np.percentile(level, 95))
    edges = [0, *quiet.tolist(), count]
    spoken = [(a, b) for a, b in pairwise(edges) if b - a >= SHORTEST]
    return [waveform[a * FRAME : (b + 1) * FRAME] for a, b in spoken]


def join(pieces: Sequence[Real]) -> Real:
    """Put pieces together, each faded in and out for 5 ms and turned to the same level."""
    faded = []
    for piece in pieces:
        window = np.minimum(
            1, np.minimum(np.arange(piece.size), np.arange(piece.size)[::-1]) / FADE
        )
        level = np.sqrt(np.mean(piece**2)) + 1e-9
        faded += [piece / level * 0.05 * window, np.zeros(RATE // 50, np.float32)]
    whole: Real = np.clip(np.concatenate(faded), -1, 1).astype(np.float32)
    return whole
