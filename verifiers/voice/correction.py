"""What a telephone does to every voice, taken out of embeddings: a file beside its engine.

Nuisance attribute projection (Solomonoff, Campbell and Quillen 2005): the directions in which
telephone embeddings of one recording differ from wide ones say nothing of who speaks.
`gatehouse evaluate correction` makes such a file. In plain Python: a web worker, which never loads
numpy, asks whether its calibration was made with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations_with_replacement
from operator import mul
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verifiers.voice.engines import correction
from verifiers.voice.strict import Strict, misfit

STRAIGHT = 1e-4
"""How far the directions may be from unit length and right angles."""

Row = Annotated[list[Annotated[float, Field(ge=-1, le=1)]], Field(min_length=1)]


class Learnt(Strict):
    """How a correction came about: `data` is the digest of names and contents of all files.

    `recordings` were encoded on both channels; `subjects` are digests of their speakers' names.
    """

    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    command: Annotated[str, Field(min_length=1)]
    seed: int
    data: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    recordings: Annotated[int, Field(ge=1)]
    subjects: Annotated[list[str], Field(min_length=2)]


class Correction(Strict):
    """The correction of one engine's telephone embeddings."""

    version: Literal[1]
    engine: Annotated[str, Field(min_length=1)]
    made: Learnt
    mean: Row
    directions: Annotated[list[Row], Field(min_length=1)]

    @model_validator(mode="after")
    def _straight(self) -> Self:
        """Raise ValueError where the directions are no projection of the mean's dimension."""
        if {len(each) for each in self.directions} != {len(self.mean)}:
            raise ValueError("the mean and all directions need one dimension")
        if max(_bent(self.directions)) > STRAIGHT:
            raise ValueError("directions are of unit length, and at right angles")
        return self

    @cached_property
    def fingerprint(self) -> str:
        """What calibrations name this correction by."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @classmethod
    def load(cls, path: Path, engine: str) -> Self:
        """Read the file of an engine. Raises Misconfigured with one line."""
        found = cls.read(path, "correction")
        if found.engine != engine:
            raise misfit(f"the correction {path} is for {found.engine}, not {engine}")
        return found


def _bent(rows: Sequence[Sequence[float]]) -> Iterator[float]:
    """Yield how far the product of each two rows is from one, or from nought for two."""
    for (one, left), (other, right) in combinations_with_replacement(enumerate(rows), 2):
        yield abs(sum(map(mul, left, right)) - (one == other))


def of(engine: str) -> Correction | None:
    """Return what corrects embeddings of this format, None where nothing does.

    Raises Misconfigured.
    """
    path = correction(engine)
    return Correction.load(path, engine) if path else None
