"""From scores to log-likelihood ratios by logistic regression, and to thresholds by their tail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.optimize import isotonic_regression

from gateway.evaluation import regression
from gateway.evaluation.arrays import Floats
from gateway.evaluation.compared import Compared
from gateway.evaluation.costs import cllr

FEWEST = 3
"""Fewer people of one collection say nothing about how alike its people are."""
DRAWINGS = 1000
SURE = 0.99
"""The share of the drawings in which a threshold keeps its target (decision 0041)."""
BEARABLE = 0.025
"""Misses that caution may cost beyond what the target needs of all people together."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What thresholds have to keep: which targets, in each `collection` of people."""

    targets: tuple[float, ...]
    collection: Mapping[str, str]
    seed: int


@dataclass(frozen=True, slots=True)
class Fitted:
    """The line from scores to natural-log likelihood ratios, and thresholds by their target."""

    slope: float
    offset: float
    thresholds: Mapping[float, float]

    def ratios(self, scores: Floats) -> Floats:
        """Return the log-likelihood ratios of scores."""
        return self.slope * scores + self.offset


def fit(compared: Compared, rule: Rule) -> Fitted:
    """Fit the line and the thresholds. Raises ValueError for fewer than three people.

    Thresholds hold for all people together; and in the collection where people are most alike as
    far as that costs few misses.
    """
    slope, offset = logistic(*compared.split())
    together = tail(compared, rule)
    if together is None:
        raise ValueError("too few people")
    names = np.array([rule.collection.get(each, "") for each in compared.subjects])
    single = [tail(compared.among(names == each), rule) for each in np.unique(names)]
    worst = np.max([together, *(each for each in single if each is not None)], axis=0)
    bearable = np.quantile(compared.split()[0], BEARABLE)
    tails = np.maximum(together, np.minimum(worst, bearable))
    return Fitted(slope, offset, dict(zip(rule.targets, slope * tails + offset, strict=True)))


def logistic(genuine: Floats, impostor: Floats) -> tuple[float, float]:
    """Return slope and offset of the log-likelihood ratio, both kinds of comparison weighing alike.

    What is aimed at is not quite 0 and 1 (Platt), so that separable scores have a finite slope.
    """
    scores = np.concatenate([genuine, impostor])
    sizes = np.array([genuine.size, impostor.size])
    aims = np.repeat([(sizes[0] + 1) / (sizes[0] + 2), 1 / (sizes[1] + 2)], sizes)
    weights = np.repeat(0.5 / sizes, sizes)
    middle, width = scores.mean(), scores.std()
    inputs = np.stack([(scores - middle) / width, np.ones_like(scores)], axis=1)
    line = regression.logistic(inputs, aims, weights, np.zeros(2))
    slope = float(line[0] / width)
    return slope, float(line[1] - slope * middle)


def tail(compared: Compared, rule: Rule) -> Floats | None:
    """Return the scores that impostors reach as seldom as the targets say, by a normal tail.

    People are drawn anew, with all their comparisons, and in nearly all of the drawings they
    keep the targets; None for fewer than three people.
    """
    owner, speaker = compared.owner, compared.speaker
    people = np.unique(np.concatenate([owner, speaker]))
    if people.size < FEWEST:
        return None
    sums = _sums(compared)
    drawn = np.random.default_rng(rule.seed).multinomial(
        people.size, [1 / people.size] * people.size, DRAWINGS
    )
    weight = np.zeros((DRAWINGS, len(compared.subjects)))
    weight[:, people] = drawn
    counts, totals, squares = (np.einsum("di,ij,dj->d", weight, each, weight) for each in sums)
    some = counts > 0
    means = totals[some] / counts[some]
    deviations = np.sqrt(np.maximum(squares[some] / counts[some] - means**2, 0))
    sigmas = [NormalDist().inv_cdf(1 - target) for target in rule.targets]
    return np.array([np.quantile(means + each * deviations, SURE) for each in sigmas])


def _sums(compared: Compared) -> tuple[Floats, Floats, Floats]:
    """Count impostor comparisons of each two people; sum their scores and the squares of these."""
    size = len(compared.subjects)
    kept = ~compared.genuine
    cells = (compared.owner * size + compared.speaker)[kept]
    score = compared.score[kept]
    count, total, square = (
        np.bincount(cells, weights, size * size).reshape(size, size).astype(np.float64)
        for weights in (np.ones_like(score), score, score**2)
    )
    return count, total, square


def least_cllr(genuine: Floats, impostor: Floats) -> float:
    """Return the cost that no monotonic calibration of these scores goes below."""
    scores = np.concatenate([genuine, impostor])
    order = np.lexsort((np.repeat([0, 1], [genuine.size, impostor.size]), scores))
    kinds = np.repeat([1.0, 0.0], [genuine.size, impostor.size])[order]
    shares = isotonic_regression(kinds).x
    prior = np.log(genuine.size / impostor.size)
    with np.errstate(divide="ignore"):
        ratios = np.log(shares) - np.log1p(-shares) - prior
    return cllr(ratios[kinds == 1], ratios[kinds == 0])
