"""Whether whoever speaks in one part of a recording speaks in the others: embeddings of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifiers.voice.arrays import Floats
from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.engines import Engine, Glancing

PART_MS = 1500
"""Speech that says enough of a voice to tell it from another's."""


def cuts(heard: Heard) -> list[int]:
    """Return the samples at which parts of as much speech each begin, but for the first one."""
    count = round(heard.milliseconds / PART_MS)
    if count < 2:
        return []
    spoken = np.array_split(np.flatnonzero(heard.speech), count)
    return [int(part[0]) * FRAME for part in spoken[1:]]


def listened(
    engine: Engine, waveform: Floats, cuts: Sequence[int], alike: float
) -> Sequence[Floats]:
    """Return the embedding of a waveform and, where it has several, of each of its parts.

    Parts that one look finds as like each other as one voice are, by their cosine, are taken from
    that look; else each is looked at without what is around it.
    """
    if not cuts:
        return [engine.embed(waveform)]
    if isinstance(engine, Glancing):
        whole, *parts = engine.glance(waveform, cuts)
        if least(parts) >= alike:
            return [whole, *parts]
    else:
        whole = engine.embed(waveform)
    return [whole, *map(engine.embed, np.split(waveform, cuts))]


def least(parts: Sequence[Floats]) -> float:
    """Return the lowest cosine of any two embeddings."""
    unit = np.array([part / np.linalg.norm(part) for part in parts])
    return float((unit @ unit.T).min())
