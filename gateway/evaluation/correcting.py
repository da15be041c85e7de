"""Correct telephone voices: each comparison by what was learnt of others than its two people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from contracts.errors import Misconfigured
from gateway.evaluation.arrays import Indices
from gateway.evaluation.folds import FOLDS, fold
from gateway.evaluation.learning import Pairs, learn
from gateway.evaluation.manifest import pseudonym
from verifiers.voice.correction import Correction
from verifiers.voice.projection import Projection

NOBODY = FOLDS
"""The group of those whom the correction does not know."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which of the `projections` a comparison gets, by the `group` of each of its two people."""

    group: NDArray[np.int8]
    table: NDArray[np.int8]
    projections: Sequence[Projection | None]

    def of(self, owner: Indices, speaker: Indices) -> NDArray[np.int8]:
        """Return for each comparison the number of its projection."""
        found: NDArray[np.int8] = self.table[self.group[owner], self.group[speaker]]
        return found


def plain(subjects: Sequence[str]) -> Chosen:
    """Correct nothing."""
    return Chosen(np.zeros(len(subjects), np.int8), np.zeros((1, 1), np.int8), [None])


class Correcting:
    """Judges strangers to a correction by it, and whom it knows by what is learnt of others.

    `pairs` are asked for when somebody is known: recordings of these people on both channels.
    """

    def __init__(self, correction: Correction, pairs: Callable[[], Pairs]) -> None:
        self._shipped = Projection.by(correction)
        self._known = frozenset(correction.made.subjects)
        self._learnable = pairs

    def __call__(self, subjects: Sequence[str]) -> Chosen:
        """Choose for each two people. Raises Misconfigured where too few others are left."""
        known = [pseudonym(each) in self._known for each in subjects]
        folds = [fold(each, FOLDS) for each in subjects]
        group = np.where(known, folds, NOBODY).astype(np.int8)
        table = np.zeros((FOLDS + 1, FOLDS + 1), np.int8)
        if not any(known):
            return Chosen(group, table, [self._shipped])
        for number, (one, other) in enumerate(COUPLES):
            table[one, other] = table[other, one] = number
        return Chosen(group, table, self._projections)

    @cached_property
    def _projections(self) -> Sequence[Projection]:
        """Learn for each two groups of all people who are in neither."""
        return [self._without({one, other} - {NOBODY}) for one, other in COUPLES]

    def _without(self, folds: set[int]) -> Projection:
        if not folds:
            return self._shipped
        return _learnt(self._pairs.of(lambda subject: fold(subject, FOLDS) not in folds))

    @cached_property
    def _pairs(self) -> Pairs:
        return self._learnable().of(lambda subject: pseudonym(subject) in self._known)


COUPLES = tuple(combinations_with_replacement(range(FOLDS + 1), 2))


def _learnt(others: Pairs) -> Projection:
    """Learn, or say that nothing honest can be said. Raises Misconfigured."""
    try:
        return learn(others)
    except Misconfigured as error:
        known = "the correction was learnt of people of the manifest, and too few others of them"
        raise Misconfigured(detail=f"{known} are there to learn it anew: {error.detail}") from error
