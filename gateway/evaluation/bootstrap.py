"""How sure the rates are: people drawn anew, with all their comparisons, many times.

Comparisons of the same people are not independent, so people are drawn and not comparisons. A
genuine comparison counts as often as its person was drawn, an impostor comparison as often as the
one times the other: both sides are drawn (Bolle, Ratha and Pankanti's subsets, for two sides).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Floats, Indices
from gateway.evaluation.compare import Scores

Interval = tuple[float, float]

OUTER = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Sorted:
    """All thresholds, from low to high, and how many scores of each kind lie below each."""

    thresholds: Floats
    genuine_below: Indices
    impostor_below: Indices
    genuine_subject: Indices
    impostor_subjects: tuple[Indices, Indices]


@dataclass(frozen=True, slots=True)
class Draw:
    """Both error rates at all thresholds for one drawing of people."""

    thresholds: Floats
    matches: Floats
    misses: Floats


Figure = Callable[[Draw], float]


def eer(draw: Draw) -> float:
    """Return the equal error rate, where the two rates come closest."""
    nearest = int(np.argmin(np.abs(draw.matches - draw.misses)))
    return float(draw.matches[nearest] + draw.misses[nearest]) / 2


def fnmr_at(target: float) -> Figure:
    """Return the figure: misses at the lowest threshold whose false match rate is low enough."""
    return lambda draw: float(draw.misses[np.argmax(draw.matches <= target)])


def at(threshold: float, *, matches: bool) -> Figure:
    """Return the figure: one of the rates at a fixed threshold."""

    def figure(draw: Draw) -> float:
        place = int(np.searchsorted(draw.thresholds, threshold))
        return float((draw.matches if matches else draw.misses)[place])

    return figure


def cost(p_target: float) -> Figure:
    """Return the figure: the normalised minimal detection cost."""

    def figure(draw: Draw) -> float:
        costs = p_target * draw.misses + (1 - p_target) * draw.matches
        return float(costs.min() / min(p_target, 1 - p_target))

    return figure


def intervals(
    scores: Scores,
    values: NDArray[np.floating[Any]],
    figures: Mapping[str, Figure],
    *,
    times: int,
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, Interval]:
    """Return the 95 % interval of each figure; without drawings there is none."""
    ready = _sorted(scores, values)
    random = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in figures}
    for number in range(times):
        draw = _draw(ready, random, len(scores.subjects))
        if draw:
            for name, figure in figures.items():
                drawn[name].append(figure(draw))
        progress(number + 1)
    return {name: _interval(found) for name, found in drawn.items() if found}


def _interval(drawn: Sequence[float]) -> Interval:
    low, high = np.percentile(drawn, OUTER)
    return float(low), float(high)


def _sorted(scores: Scores, values: NDArray[np.floating[Any]]) -> Sorted:
    """Sort once: each drawing only changes how much a comparison weighs."""
    genuine = scores.genuine
    owner, speaker = scores.owner[scores.template], scores.speaker[scores.probe]
    ours, theirs = np.argsort(values[genuine]), np.argsort(values[~genuine])
    thresholds = np.append(np.unique(values), np.inf).astype(np.float64)
    return Sorted(
        thresholds,
        np.searchsorted(values[genuine][ours], thresholds),
        np.searchsorted(values[~genuine][theirs], thresholds),
        owner[genuine][ours],
        (owner[~genuine][theirs], speaker[~genuine][theirs]),
    )


def _draw(ready: Sorted, random: np.random.Generator, people: int) -> Draw | None:
    """Draw as many people as there are, with replacement; None where nothing can be compared."""
    weight = np.bincount(random.integers(people, size=people), minlength=people)
    first, second = ready.impostor_subjects
    misses = _below(weight[ready.genuine_subject], ready.genuine_below)
    under = _below(weight[first] * weight[second], ready.impostor_below)
    if misses is None or under is None:
        return None
    return Draw(ready.thresholds, 1 - under, misses)


def _below(weights: Indices, places: Indices) -> Floats | None:
    """Return the share of the weight that lies below each threshold."""
    total = np.concatenate([[0], np.cumsum(weights)])
    return total[places] / total[-1] if total[-1] else None
