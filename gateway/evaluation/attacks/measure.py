"""Judge the detector on people, voices and species that it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gateway.evaluation.arrays import Mask, Real
from gateway.evaluation.attacks.hearing import CLEAN
from gateway.evaluation.attacks.training import FOLDS, Rows, fit
from gateway.evaluation.rates import Rate, rate

BUDGET = 0.01
"""How much of what people say may be taken for an attack."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Attacks of one species that were taken for people (APCER).

    `known`: other people and other synthetic voices of the species were trained on. `unknown`: the
    whole species was left out. `clean` is `unknown` without any channel, room or noise. `genuine`
    are the scores behind `unknown`.
    """

    known: Rate
    unknown: Rate
    clean: Rate
    scores: Real = field(repr=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """All figures at one threshold. BPCER is the share of people's speech taken for an attack."""

    threshold: float
    bpcer: Rate
    corpora: Mapping[str, tuple[Rate, Rate | None]]
    conditions: Mapping[str, Rate]
    species: Mapping[str, Figures]
    scores: Real = field(repr=False)


def judge(rows: Rows, trained: frozenset[str], budget: float = BUDGET) -> Judged:
    """Train on the other folds, score the one held out, and set the threshold by the budget."""
    usable = trainable(rows, trained)
    scores = crossed(rows, usable)
    people = rows.bona_fide & rows.free
    threshold = threshold_of(scores[people], budget)
    return Judged(
        threshold,
        rejected(scores[people], threshold),
        {name: _corpus(rows, usable, scores, threshold, str(name)) for name in _names(rows)},
        {
            str(name): rejected(scores[people & (rows.condition == name)], threshold)
            for name in np.unique(rows.condition[people])
        },
        _all_species(rows, usable, scores, threshold),
        scores[people],
    )


def trainable(rows: Rows, trained: frozenset[str]) -> Mask:
    """Say which rows may be trained on: free recordings, and species that can be told apart."""
    return np.where(rows.bona_fide, rows.free, np.isin(rows.species, sorted(trained)))


def crossed(rows: Rows, usable: Mask) -> Real:
    """Score each fold by what the other folds taught."""
    scores = np.zeros(len(rows.species))
    for number in range(FOLDS):
        held = rows.fold == number
        if held.any():
            scores[held] = fit(rows.where(usable & ~held)).scores(rows.features[held])
    return scores


def _names(rows: Rows) -> list[str]:
    return sorted(map(str, np.unique(rows.corpus[rows.bona_fide])))


def _corpus(
    rows: Rows, usable: Mask, scores: Real, threshold: float, name: str
) -> tuple[Rate, Rate | None]:
    """Return the BPCER of a corpus, and that of a detector which never saw the corpus."""
    held = rows.bona_fide & (rows.corpus == name)
    known = rejected(scores[held], threshold)
    if not rows.free[held].all():
        return known, None
    blind = fit(rows.where(usable & (rows.corpus != name)))
    return known, rejected(blind.scores(rows.features[held]), threshold)


def _all_species(rows: Rows, usable: Mask, scores: Real, threshold: float) -> dict[str, Figures]:
    names = [str(name) for name in np.unique(rows.species[~rows.bona_fide])]
    found = {name: _figures(rows, usable, scores, threshold, name) for name in names}
    return dict(sorted(found.items(), key=lambda pair: -pair[1].unknown.value))


def _figures(rows: Rows, usable: Mask, scores: Real, threshold: float, name: str) -> Figures:
    attack = rows.species == name
    blind = crossed(rows, usable & ~attack) if usable[attack].any() else scores
    clean = attack & (rows.condition == CLEAN)
    return Figures(
        accepted(scores[attack], threshold),
        accepted(blind[attack], threshold),
        accepted(blind[clean], threshold),
        blind[attack],
    )


def threshold_of(people: Real, budget: float) -> float:
    """Return the threshold below which so great a share of what people say scores."""
    return round(float(np.quantile(people, budget, method="lower")), 3)


def rejected(scores: Real, threshold: float) -> Rate:
    """Return the share that is taken for an attack."""
    return rate(int(np.count_nonzero(scores < threshold)), scores.size)


def accepted(scores: Real, threshold: float) -> Rate:
    """Return the share that is taken for a person."""
    return rate(int(np.count_nonzero(scores >= threshold)), scores.size)
