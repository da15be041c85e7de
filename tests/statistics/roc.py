"""How well two sets of measurements can be told apart, and how sure that is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

TWO_SIDED_95 = 1.96


@dataclass(frozen=True, slots=True)
class Area:
    """The area under a ROC curve with its 95 % confidence interval; 0.5 tells nothing apart."""

    value: float
    low: float
    high: float
    samples: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}], {self.samples} requests"


def area(these: Sequence[float], those: Sequence[float]) -> Area:
    """Return the chance that one of these is less than one of those, ties counted by half.

    The interval is that of DeLong, DeLong and Clarke-Pearson (1988), which assumes no distribution.
    """
    of_these = _shares(those, these)
    of_those = [1 - share for share in _shares(these, those)]
    value = sum(of_these) / len(of_these)
    error = TWO_SIDED_95 * sqrt(_variance(of_these) / len(these) + _variance(of_those) / len(those))
    return Area(value, value - error, value + error, len(these) + len(those))


def _shares(of: Sequence[float], at: Sequence[float]) -> list[float]:
    """Return for each value of `at` the share of `of` that is greater, ties counted by half."""
    ordered = sorted(of)
    places = (bisect_left(ordered, one) + bisect_right(ordered, one) for one in at)
    return [1 - place / (2 * len(ordered)) for place in places]


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
