"""The operators' page of thresholds says what the calibration that ships says."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifiers.voice.calibration import Calibration, Line, Point

PAGE = (Path(__file__).parents[2] / "docs" / "operators" / "voice-thresholds.md").read_text("utf-8")
CALIBRATION = Calibration.load()
CHANNELS = {
    "wide, wide": "wide",
    "telephone, telephone": "telephone",
    "telephone, wide": "telephone and wide",
}
TARGETS = {1e-3: "1 in 1,000", 1e-4: "1 in 10,000"}
SHOWN = [
    (line, point)
    for line in CALIBRATION.lines
    for point in line.points
    if line.utterances == 3 and point.target in TARGETS
]


def percent(rate: float) -> str:
    return f"{rate * 100:.1f} %"


def row(line: Line, point: Point) -> str:
    """Write a threshold as the page does."""
    cosine = (point.threshold - line.offset) / line.slope
    cells = [
        CHANNELS[", ".join(line.channels)],
        TARGETS[point.target],
        f"{point.threshold:.2f} ({cosine:.2f})",
        f"{percent(point.fnmr)} (< {percent(point.fnmr_upper)})",
        f"{point.false_matches} of {line.impostor:,}, < {point.fmr_upper:.5f}",
        "yes" if point.supported else "no",
    ]
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize(("line", "point"), SHOWN)
def test_each_threshold_is_shown_with_its_figures(line: Line, point: Point) -> None:
    assert row(line, point) in PAGE


@pytest.mark.parametrize("line", CALIBRATION.lines)
def test_each_loss_is_shown(line: Line) -> None:
    losses = (line.cllr.cosine, line.cllr.calibrated, line.cllr.least)
    shown = " | ".join(f"{loss:.3f}" for loss in losses)
    assert f"| {CHANNELS[', '.join(line.channels)]}, {line.utterances} | {shown} |" in PAGE


def test_nothing_else_is_shown() -> None:
    assert sum("| 1 in 1" in line for line in PAGE.splitlines()) == len(SHOWN) == 6
