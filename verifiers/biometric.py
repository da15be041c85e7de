"""What biometric factors share: the ports they compose and the one way to compare 1:1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.factor import Enrolled


class Encoder(Protocol):
    """Turns a capture into features; never in the process of a web worker."""

    def encode(self, sample: bytes) -> bytes:
        """Return the features of one encoded capture. Raises Retry, BadRequest or Unavailable."""
        ...


class Matcher(Protocol):
    """Compares features of one engine; `format` names the engine and the layout of a template."""

    format: str

    def score(self, probe: bytes, enrolled: Enrolled) -> float:
        """Return how alike the two are; higher is more alike."""
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """The best of the comparisons that could be made; none could be where `score` is None."""

    credential_id: str | None = None
    score: float | None = None

    def reaches(self, threshold: float) -> bool:
        """Tell whether there is a score and it is enough; a score that is no number never is."""
        return self.score is not None and self.score >= threshold


def comparable(matcher: Matcher, enrolled: Sequence[Enrolled]) -> list[Enrolled]:
    """Leave out the templates of other engines: their numbers mean something else."""
    return [each for each in enrolled if each.format == matcher.format]


def compare(matcher: Matcher, probe: bytes, enrolled: Sequence[Enrolled]) -> Comparison:
    """Compare one capture with one person's templates of the same engine."""
    fits = comparable(matcher, enrolled)
    scores = [Comparison(each.credential_id, matcher.score(probe, each)) for each in fits]
    return max(scores, key=lambda each: each.score or 0.0, default=Comparison())
