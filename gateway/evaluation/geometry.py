"""Where points of the plots lie: normal deviates for rates, paths for SVG."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

from gateway.evaluation.report import Histogram

NORMAL = NormalDist()
TICKS = (1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5)
LOWEST = 5e-5
HIGHEST = 0.6
SIDE = 400.0
"""Width and height of the DET plot in the units of its SVG."""
WIDE, HIGH = 400.0, 120.0


def deviate(rate: float, edges: tuple[float, float] = (LOWEST, HIGHEST)) -> float:
    """Stretch a rate to its normal deviate; what is off the plot is put on its edge."""
    return NORMAL.inv_cdf(min(max(rate, edges[0]), edges[1]))


def percent(rate: float) -> str:
    """Write a rate as a percentage with the digits it needs."""
    return f"{rate * 100:.4g} %"


def place(rate: float) -> float:
    """Return how far from the lowest rate a rate lies, in units of the plot."""
    low, high = deviate(LOWEST), deviate(HIGHEST)
    return round((deviate(rate) - low) / (high - low) * SIDE, 1)


def det_path(curve: Sequence[tuple[float, float]]) -> str:
    """Return the SVG path of a trade-off: false matches to the right, false non-matches up."""
    spots = dict.fromkeys((place(matches), SIDE - place(misses)) for matches, misses in curve)
    return _path(list(spots))


def histogram_path(shares: Sequence[float], highest: float) -> str:
    """Return the SVG path of one histogram's outline, closed at the bottom."""
    width = WIDE / len(shares)
    spots = [(0.0, HIGH)]
    for number, share in enumerate(shares):
        top = HIGH - share / highest * HIGH
        spots += [(number * width, top), ((number + 1) * width, top)]
    return _path([*spots, (WIDE, HIGH)]) + "Z"


def highest(spread: Histogram) -> float:
    """Return the largest share of any bin."""
    return max(*spread.genuine, *spread.impostor)


def _path(spots: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in spots)
