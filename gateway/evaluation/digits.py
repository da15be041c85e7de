"""Numbers as an evaluation's files hold them: as short as they are good for."""

from __future__ import annotations

FIGURES = 6


def short(value: float, figures: int = FIGURES) -> float:
    """Shorten a number to so many significant figures."""
    return float(f"{value:.{figures}g}")


def short_above(bound: float) -> float:
    """Shorten the upper bound of a rate without lowering it."""
    return min(1.0, short(bound * (1 + 1e-5)))
