"""Parts of a recording: whether one voice speaks in all of them, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifiers.voice.arrays import Floats, unit
from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.engines import Engine

PART_MS = 1500
"""Speech that says enough of a voice to tell it from another's."""


def cuts(heard: Heard) -> list[int]:
    """Return the samples at which parts of as much speech each begin, but for the first one."""
    count = round(heard.milliseconds / PART_MS)
    if count < 2:
        return []
    spoken = np.array_split(np.flatnonzero(heard.speech), count)
    return [int(part[0]) * FRAME for part in spoken[1:]]


def listened(engine: Engine, waveform: Floats, cuts: Sequence[int]) -> Sequence[Floats]:
    """Return the embedding of a waveform and, where it has several, of each of its parts alone.

    The network looks at each part once; the whole is their mean direction.
    """
    parts = [unit(engine.embed(part)) for part in np.split(waveform, cuts)]
    return [unit(np.mean(parts, axis=0)), *(parts if cuts else [])]
