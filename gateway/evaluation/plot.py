"""The DET plot: both error rates on normal deviate axes (ISO/IEC 19795-1)."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gateway.evaluation.rates import Point, curve

Floats = NDArray[np.float64]

TICKS = (1e-4, 1e-3, 1e-2, 0.05, 0.2, 0.5)
LOWEST = 5e-5
HIGHEST = 0.6
COLOUR = "#1f5fa8"
NORMAL = NormalDist()


def save(folder: Path, genuine: Floats, impostor: Floats, points: tuple[Point, ...]) -> list[Path]:
    """Draw the trade-off as `det.png` and `det.svg`."""
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.add_subplot()
    _, matches, misses = curve(genuine, impostor)
    axes.plot(deviates(matches), deviates(misses), color=COLOUR, linewidth=1.8)
    _mark(axes, points)
    _label(axes, f"{genuine.size} genuine, {impostor.size} impostor comparisons")
    paths = [folder / "det.png", folder / "det.svg"]
    for path in paths:
        figure.savefig(path, dpi=150)
    return paths


def deviates(rates: Floats) -> list[float]:
    """Stretch rates to normal deviates; what is off the plot is put on its edge."""
    return [NORMAL.inv_cdf(float(rate)) for rate in np.clip(rates, LOWEST, HIGHEST)]


def _mark(axes: Axes, points: tuple[Point, ...]) -> None:
    for point in points:
        (x,), (y,) = deviates(np.array([point.fmr.value])), deviates(np.array([point.fnmr.value]))
        axes.plot(x, y, "o", color=COLOUR)
        axes.annotate(f"FMR {point.target:g}", (x, y), xytext=(6, 6), textcoords="offset points")


def _label(axes: Axes, title: str) -> None:
    ticks, edges = deviates(np.array(TICKS)), deviates(np.array([LOWEST, HIGHEST]))
    names = [f"{tick * 100:g} %" for tick in TICKS]
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.set(xlabel="False match rate", ylabel="False non-match rate", title=title)
    axes.set_xlim(*edges)
    axes.set_ylim(*edges)
    axes.grid(visible=True, color="#d8d8d8", linewidth=0.6)
