"""Parts of a recording: whether one voice speaks in all of them, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifiers.voice.arrays import Floats, unit
from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.channels import WIDE, Channel
from verifiers.voice.engines import Engine

PART_MS = 1500
"""Speech that says enough of a voice to tell it from another's."""
HALVED_MS = 1500
"""Speech of which each half says enough of it on the wide channel; by telephone none does."""


def cuts(heard: Heard, count: int) -> list[int]:
    """Return the samples at which parts of as much speech each begin, but for the first one."""
    spoken = np.array_split(np.flatnonzero(heard.speech), count)
    return [int(part[0]) * FRAME for part in spoken[1:]]


def listened(engine: Engine, heard: Heard, channel: Channel) -> Sequence[Floats]:
    """Return the embedding of a recording and, where it has several, of each of its parts alone.

    The network looks at each part once; the whole is their mean direction. What is too short for
    that is looked at as a whole, and where its halves say enough, at them besides.
    """
    count = round(heard.milliseconds / PART_MS)
    if count > 1:
        parts = _embedded(engine, heard, count)
        return [unit(np.mean(parts, axis=0)), *parts]
    halved = channel == WIDE and heard.milliseconds >= HALVED_MS
    return [*_embedded(engine, heard, 1), *(_embedded(engine, heard, 2) if halved else [])]


def _embedded(engine: Engine, heard: Heard, count: int) -> Sequence[Floats]:
    split = np.split(heard.waveform, cuts(heard, count))
    return [unit(engine.embed(each)) for each in split]
