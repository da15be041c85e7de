"""Comparisons of one pair of channels, ready to be fitted: scores, and who stands on each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gateway.evaluation.arrays import Floats, Indices, Mask
from gateway.evaluation.compare import Scores
from gateway.evaluation.encode import Encoded
from gateway.evaluation.normalising import normalised
from verifiers.voice.normalisation import Cohort


@dataclass(frozen=True, slots=True)
class Compared:
    """Scores (n,), and for each the numbers of the two people in `subjects`."""

    score: Floats
    owner: Indices
    speaker: Indices
    subjects: Sequence[str]

    @property
    def genuine(self) -> Mask:
        """Which comparisons are of one person with themselves."""
        same: Mask = self.owner == self.speaker
        return same

    def where(self, wanted: Mask) -> Compared:
        """Keep some of the comparisons."""
        return Compared(self.score[wanted], self.owner[wanted], self.speaker[wanted], self.subjects)

    def among(self, people: Mask) -> Compared:
        """Keep the comparisons among some people."""
        return self.where(people[self.owner] & people[self.speaker])

    def split(self, values: Floats | None = None) -> tuple[Floats, Floats]:
        """Return the genuine and the impostor scores, or such parts of other values."""
        every = self.score if values is None else values
        return every[self.genuine], every[~self.genuine]


def compared(scores: Scores, cohort: Cohort | None = None) -> Compared:
    """Take scores as they are, or normalised by a cohort."""
    values = normalised(scores, cohort) if cohort else scores.score.astype(np.float64)
    owner = scores.owner[scores.template].astype(np.int64)
    return Compared(values, owner, scores.speaker[scores.probe].astype(np.int64), scores.subjects)


def joined(one: Compared, other: Compared) -> Compared:
    """Put the comparisons of the same people together."""
    return Compared(
        np.concatenate([one.score, other.score]),
        np.concatenate([one.owner, other.owner]),
        np.concatenate([one.speaker, other.speaker]),
        one.subjects,
    )


def collections(encoded: Sequence[Encoded], column: str) -> Mapping[str, str]:
    """Say for each person which collection their recordings are of."""
    every = (each for one in encoded for each in one.utterances)
    return {each.subject: each.columns.get(column, "") for each in every}
