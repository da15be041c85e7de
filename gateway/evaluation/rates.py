"""False match and false non-match rates of ISO/IEC 19795-1, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from gateway.evaluation.arrays import Floats

ALPHA = 0.05
THIRTY = 30
"""Errors from which on a rate is known to within 30 %, with 90 % confidence (Porter)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many errors in so many comparisons, with 95 % bounds as if these were independent."""

    errors: int
    comparisons: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Point:
    """Both rates at one threshold; `target` is the false match rate that was asked for.

    `supported` says whether there are enough impostor comparisons to show such a target: with
    no error among n the rate is below 3/n (rule of three).
    """

    threshold: float
    fmr: Rate
    fnmr: Rate
    target: float | None = None
    supported: bool = True


def rate(errors: int, comparisons: int) -> Rate:
    """Return a rate with its exact (Clopper-Pearson) bounds; one-sided where it is 0 or 1."""
    low, high = bounds(errors, comparisons)
    return Rate(errors, comparisons, errors / comparisons, low, high)


def bounds(errors: int, n: int, alpha: float = ALPHA) -> tuple[float, float]:
    """Return the bounds of a proportion, one-sided without errors or with nothing else.

    In a share `alpha` of all cases, or fewer, they do not hold.
    """
    tail = alpha if errors in {0, n} else alpha / 2
    low = betaincinv(errors, n - errors + 1, tail) if errors else 0.0
    high = betaincinv(errors + 1, n - errors, 1 - tail) if errors < n else 1.0
    return float(low), float(high)


def at_threshold(threshold: float, genuine: Floats, impostor: Floats) -> Point:
    """Count the errors at a threshold: a score that reaches it is a match."""
    matches = int(np.count_nonzero(impostor >= threshold))
    misses = int(np.count_nonzero(genuine < threshold))
    return Point(threshold, rate(matches, impostor.size), rate(misses, genuine.size))


def at_fmr(target: float, genuine: Floats, impostor: Floats) -> Point:
    """Return the lowest threshold whose false match rate is not above the target."""
    allowed = int(target * impostor.size)
    highest = np.sort(impostor)[::-1][allowed]
    point = at_threshold(float(np.nextafter(highest, np.inf)), genuine, impostor)
    supported = impostor.size * target >= 3
    return Point(point.threshold, point.fmr, point.fnmr, target, supported)


def curve(genuine: Floats, impostor: Floats) -> tuple[Floats, Floats, Floats]:
    """Return thresholds, and the false match and false non-match rate at each."""
    thresholds = np.unique(np.concatenate([genuine, impostor]))
    misses = np.searchsorted(np.sort(genuine), thresholds) / genuine.size
    matches = 1 - np.searchsorted(np.sort(impostor), thresholds) / impostor.size
    return thresholds, matches, misses


def equal_error(genuine: Floats, impostor: Floats) -> tuple[float, float]:
    """Return the equal error rate and its threshold, where the two rates come closest."""
    thresholds, matches, misses = curve(genuine, impostor)
    nearest = int(np.argmin(np.abs(matches - misses)))
    return float(matches[nearest] + misses[nearest]) / 2, float(thresholds[nearest])
