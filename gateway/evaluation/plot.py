"""The plots for documents: DET on normal deviate axes (ISO/IEC 19795-1), and score histograms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gateway.evaluation.geometry import HIGHEST, LOWEST, TICKS, deviate, percent
from gateway.evaluation.report import Result

STYLES = ("-", "--", "-.", ":")
COLOURS = ("#1f5fa8", "#b3541e", "#2c7a4b", "#7a3e9d", "#8a6d00", "#9c2c4a", "#3b6f78", "#555555")
"""Curves differ by their dashes too: not everybody sees the colours."""


def det(path: Path, results: Sequence[Result]) -> None:
    """Draw the trade-off of every result into one plot."""
    figure = Figure(figsize=(6.5, 6.5), layout="constrained")
    axes = figure.add_subplot()
    for number, result in enumerate(results):
        matches, misses = (list(map(deviate, rates)) for rates in zip(*result.curve, strict=True))
        axes.plot(
            matches, misses, STYLES[number % 4], color=COLOURS[number % 8], label=named(result)
        )
    _label(axes)
    figure.savefig(path, dpi=150)


def _label(axes: Axes) -> None:
    names = [percent(tick) for tick in TICKS]
    ticks = list(map(deviate, TICKS))
    axes.set_xticks(ticks, names, fontsize="small")
    axes.set_yticks(ticks, names, fontsize="small")
    axes.set(xlabel="False match rate", ylabel="False non-match rate")
    axes.set_xlim(deviate(LOWEST), deviate(HIGHEST))
    axes.set_ylim(deviate(LOWEST), deviate(HIGHEST))
    axes.grid(visible=True, color="#d8d8d8", linewidth=0.6)
    axes.legend(fontsize="small")


def histograms(path: Path, results: Sequence[Result]) -> None:
    """Draw how the scores of each result are spread, one below the other."""
    figure = Figure(figsize=(6.5, 1.9 * len(results)), layout="constrained")
    for result, axes in zip(results, np.ravel(figure.subplots(len(results), 1)), strict=True):
        _bars(axes, result)
    figure.savefig(path, dpi=150)


def _bars(axes: Axes, result: Result) -> None:
    spread = result.histogram
    edges = np.linspace(spread.low, spread.high, len(spread.genuine) + 1)
    axes.stairs(spread.impostor, edges, fill=True, color=COLOURS[1], alpha=0.6, label="impostor")
    axes.stairs(spread.genuine, edges, color=COLOURS[0], linewidth=1.6, label="genuine")
    axes.set_title(named(result), fontsize="small", loc="left")
    axes.set_yticks([])
    axes.legend(fontsize="small")


def named(result: Result) -> str:
    """Say which result it is."""
    return f"{result.engine}, {result.condition}"
