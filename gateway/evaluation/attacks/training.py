"""Train the detector: logistic regression, every species and every corpus with equal weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Mask
from gateway.evaluation.attacks.material import Heard
from gateway.evaluation.attacks.presentation import BONA_FIDE, corpus_of
from gateway.evaluation.folds import fold
from gateway.evaluation.regression import logistic
from verifiers.voice.pad.features import features
from verifiers.voice.pad.shipped import FARTHEST, Weights

FOLDS = 5
RIDGE = 100.0
DECIMALS = 6

Strings = NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Presentations as columns of equal length; `free` ones may be trained on."""

    species: Strings
    corpus: Strings
    condition: Strings
    fold: NDArray[np.int64]
    free: Mask
    features: NDArray[np.float32]

    @classmethod
    def of(cls, heard: Sequence[Heard]) -> Rows:
        """Measure what was heard."""
        return cls(
            np.array([each.species for each in heard]),
            np.array([corpus_of(each.subject) for each in heard]),
            np.array([each.condition for each in heard]),
            np.array([fold(each.subject, FOLDS) for each in heard]),
            np.array([each.free for each in heard]),
            np.array([features(each.waveform) for each in heard]),
        )

    @property
    def bona_fide(self) -> Mask:
        """Which rows are speech of people."""
        people: Mask = self.species == BONA_FIDE
        return people

    def where(self, mask: Mask) -> Rows:
        """Return some of the rows."""
        return Rows(*(getattr(self, name)[mask] for name in self.__slots__))


def fit(rows: Rows) -> Weights:
    """Fit with a ridge; the score is the log odds at equal odds before.

    The same rows give the same weights.
    """
    table = rows.features.astype(np.float64)
    mean, scale = table.mean(0), table.std(0) + 1e-3
    inputs = np.clip((table - mean) / scale, -FARTHEST, FARTHEST)
    inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    answers, weights = rows.bona_fide.astype(np.float64), balanced(rows)
    ridge = np.append(np.full(inputs.shape[1] - 1, RIDGE), 1e-6)
    found = logistic(inputs, answers, weights, ridge)
    mean, scale, weight = (
        np.round(part, DECIMALS).astype(np.float32) for part in (mean, scale, found[:-1])
    )
    return Weights(mean, scale, weight, round(float(found[-1]), DECIMALS))


def balanced(rows: Rows) -> NDArray[np.float64]:
    """Return a weight for each row: people as much as attacks, and in both each kind the same."""
    kinds = np.where(rows.bona_fide, rows.corpus, rows.species)
    weights = np.zeros(len(kinds))
    for side in (rows.bona_fide, ~rows.bona_fide):
        names = np.unique(kinds[side])
        for name in names:
            these = side & (kinds == name)
            weights[these] = 1 / these.sum() / len(names)
    return weights * len(kinds) / 2
