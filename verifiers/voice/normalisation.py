"""Symmetric score normalisation (adaptive S-norm) by a cohort that the operator gives.

A score says more beside those that the same two voices have with strangers. `gatehouse evaluate
cohort` makes the file. In plain Python: a web worker never loads numpy.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Sequence
from functools import cached_property
from math import isfinite
from operator import mul
from pathlib import Path
from statistics import fmean, pstdev
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verifiers.voice.channels import CHANNELS, Channel
from verifiers.voice.strict import Strict
from verifiers.voice.vectors import scaled, unpack

LEAST = 10
"""Fewer strangers say little about what is usual."""


class Voice(Strict):
    """The mean embedding of one stranger on one channel: little-endian 32-bit floats, Base64."""

    channel: Channel
    mean: Annotated[str, Field(min_length=8)]


class Cohort(Strict):
    """Strangers on both channels; the `top` most alike of a channel are looked at.

    `subjects` are digests of their names, so that nobody is a stranger to themselves.
    """

    version: Literal[1]
    engine: str
    top: Annotated[int, Field(ge=LEAST)]
    voices: list[Voice]
    subjects: list[str]

    @model_validator(mode="after")
    def _usual(self) -> Self:
        """Raise ValueError where strangers do not say what is usual."""
        if any(len(each) < LEAST for each in self.means.values()):
            raise ValueError(f"{LEAST} people on each channel are needed")
        if len({len(mean) for each in self.means.values() for mean in each}) != 1:
            raise ValueError("its embeddings differ in size")
        if not all(map(_differ, self.means.values())):
            raise ValueError("two of its embeddings are equal, or one has no direction")
        return self

    @cached_property
    def fingerprint(self) -> str:
        """What calibrations name this cohort by."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @cached_property
    def means(self) -> dict[str, list[list[float]]]:
        """The strangers' embeddings by channel, of unit length."""
        found: dict[str, list[list[float]]] = {channel: [] for channel in CHANNELS}
        for each in self.voices:
            found[each.channel].append(scaled(unpack(b64decode(each.mean))))
        return found

    def spread(self, voice: Sequence[float], channel: str) -> tuple[float, float]:
        """Return mean and deviation of a voice's best scores with strangers on a channel."""
        mine = scaled(voice)
        scores = sorted((sum(map(mul, mine, each)) for each in self.means[channel]), reverse=True)
        best = scores[: self.top]
        return fmean(best), pstdev(best)

    def normalised(
        self, score: float, one: tuple[Sequence[float], str], other: tuple[Sequence[float], str]
    ) -> float:
        """Return the score of two voices, each with its channel, in deviations above strangers."""
        (left, left_channel), (right, right_channel) = one, other
        spreads = self.spread(left, right_channel), self.spread(right, left_channel)
        return fmean((score - mean) / deviation for mean, deviation in spreads)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file. Raises Misconfigured with one line."""
        return cls.read(path, "cohort")


def _differ(means: Sequence[Sequence[float]]) -> bool:
    """Say whether embeddings are of different people, and lie somewhere."""
    return len(set(map(tuple, means))) == len(means) and all(isfinite(sum(each)) for each in means)
