"""From cosines to likelihood ratios, and where the thresholds lie: a file beside its measurement.

`gatehouse evaluate calibrate` makes such a file; ours ships as `calibration.json`. Each pair of
channels has a line of its own, for voiceprints of one utterance and of three.
"""

from __future__ import annotations

import hashlib
import math
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verifiers.voice.channels import PAIRS, Channel
from verifiers.voice.strict import Strict

SHIPPED = Path(__file__).with_name("calibration.json")
MANY = 3
"""So many utterances, or more, share a line: enrolment asks for at least as many."""

Rate = Annotated[float, Field(ge=0, le=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
AGREEMENT = 1e-2
"""The false match rate at which two utterances of one enrolment agree."""
STRICTEST = 1e-4
TARGETS = (1e-3, STRICTEST)
"""The false match rates that a policy can name."""


class Point(Strict):
    """A threshold for a natural-log likelihood ratio, and the rates that were counted at it.

    Counted was twice, on everybody and on people who were held out; the worse of both is here.
    `supported` says whether the upper 95 % bound of the false match rate is within the target, if
    comparisons were independent, which those of the same people are not. Where too few show that,
    the threshold is that of the fitted tail.
    """

    target: Rate
    threshold: Finite
    false_matches: Annotated[int, Field(ge=0)]
    fmr_upper: Rate
    fnmr: Rate
    fnmr_upper: Rate
    supported: bool


class Cost(Strict):
    """Cllr in bits for people who were held out: of cosines, of likelihood ratios, at best."""

    cosine: Finite
    calibrated: Finite
    least: Finite


class Line(Strict):
    """How cosines between two channels become likelihood ratios, and what came of it."""

    channels: Annotated[list[Channel], Field(min_length=2, max_length=2)]
    utterances: Literal[1, 3]
    slope: Annotated[Finite, Field(gt=0)]
    offset: Finite
    people: Annotated[int, Field(ge=2)]
    genuine: Count
    impostor: Count
    cllr: Cost
    points: list[Point]

    @model_validator(mode="after")
    def _figured(self) -> Self:
        """Raise ValueError where a figure is missing, or cannot be."""
        wanted = (AGREEMENT, *TARGETS)
        if set(wanted) - {each.target for each in self.points}:
            raise ValueError(f"thresholds for {', '.join(map(str, wanted))} are needed")
        if any(each.fmr_upper < each.false_matches / self.impostor for each in self.points):
            raise ValueError("a bound lies below the rate itself")
        if any(each.supported != (each.fmr_upper <= each.target) for each in self.points):
            raise ValueError("what is supported is what the upper bound shows")
        return self

    def ratio(self, score: float) -> float:
        """Return the natural logarithm of the likelihood ratio of a score."""
        return self.slope * score + self.offset

    def point(self, target: float) -> Point:
        """Return the threshold for a false match rate. Raises LookupError where there is none."""
        for each in self.points:
            if math.isclose(each.target, target):
                return each
        raise LookupError(f"no threshold for {target:g}")


class Made(Strict):
    """How a calibration came about: `data` is the digest of names and contents of all files.

    `subjects` are digests of the names of the people that it was fitted on.
    """

    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    command: Annotated[str, Field(min_length=1)]
    seed: int
    data: Digest
    recordings: Count
    turned_away: Annotated[int, Field(ge=0)]
    subjects: Annotated[list[str], Field(min_length=2)]


class Calibration(Strict):
    """All lines for one engine.

    `cohort` names the cohort that scores are normalised with, `correction` what telephone
    embeddings were corrected by.
    """

    version: Literal[1]
    engine: Annotated[str, Field(min_length=1)]
    cohort: Digest | None
    correction: Digest | None
    made: Made
    lines: list[Line]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Raise ValueError where a pair of channels is missing."""
        found = {(frozenset(each.channels), each.utterances) for each in self.lines}
        if missing := {(frozenset(p), n) for p in PAIRS for n in (1, MANY)} - found:
            raise ValueError(f"{len(missing)} pairs of channels are missing")
        return self

    @cached_property
    def id(self) -> str:
        """A name that no other calibration has: the engine, the day, the digest of its content."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()
        return f"{self.engine} {self.made.date} {digest[:12]}"

    def line(self, one: str, other: str, utterances: int) -> Line:
        """Return the line of two channels and a voiceprint of so many utterances."""
        size = MANY if utterances >= MANY else 1
        wanted = frozenset((one, other)), size
        return next(
            each for each in self.lines if (frozenset(each.channels), each.utterances) == wanted
        )

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Self:
        """Read a file. Raises Misconfigured with one line."""
        return cls.read(path, "calibration")
