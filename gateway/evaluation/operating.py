"""What the calibration in use makes of scores, and whose voices it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Floats
from gateway.evaluation.compare import Scores
from gateway.evaluation.costs import cllr
from gateway.evaluation.heldout import How, beside, held_out, overlap
from gateway.evaluation.normalising import normalised
from gateway.evaluation.rates import at_threshold
from gateway.evaluation.report import Calibrated, Use
from verifiers.voice.calibration import TARGETS, Calibration, Line
from verifiers.voice.normalisation import Cohort


@dataclass(frozen=True, slots=True)
class Judged:
    """One number per comparison: the natural-log likelihood ratio; and what comes of it.

    `beyond` is how far the ratio lies above the threshold of the last of the targets.
    """

    ratios: Floats
    beyond: Floats
    calibrated: Calibrated


def judge(
    scores: Scores,
    calibration: Calibration,
    cohort: Cohort | None = None,
    how: How = How(TARGETS),  # noqa: B008  # frozen
) -> Judged:
    """Apply a calibration to all comparisons, each by the line of its two channels.

    Where it was fitted on any of these people, cross-fitted figures stand beside its own.
    """
    between = channels(scores)
    lines = _lines(scores, calibration, between)
    values = normalised(scores, cohort) if cohort else scores.score.astype(np.float64)
    ratios = _chosen(between, {pair: each.slope for pair, each in lines.items()}) * values
    ratios += _chosen(between, {pair: each.offset for pair, each in lines.items()})
    beyond = {target: ratios - _chosen(between, _thresholds(lines, target)) for target in TARGETS}
    uses = tuple(_use(scores, target, beyond[target], lines) for target in TARGETS)
    found = Calibrated(calibration.id, cllr(*scores.split(ratios)), uses)
    if known := overlap(scores, calibration):
        found = beside(found, known, held_out(scores, values, between, how), scores)
    return Judged(ratios, beyond[TARGETS[-1]], found)


def channels(scores: Scores) -> NDArray[np.str_]:
    """Name the two channels of each comparison."""
    enrolled, heard = scores.channels
    named: NDArray[np.str_] = np.char.add(np.char.add(enrolled, "-"), heard)
    return named


def _lines(
    scores: Scores, calibration: Calibration, between: NDArray[np.str_]
) -> Mapping[str, Line]:
    """Find the line of each pair of channels that occurs."""
    size = len(scores.templates[0].rows)
    pairs = [str(pair).split("-") for pair in np.unique(between)]
    return {f"{one}-{other}": calibration.line(one, other, size) for one, other in pairs}


def _chosen(between: NDArray[np.str_], by_pair: Mapping[str, float]) -> Floats:
    """Give each comparison the number of its pair of channels."""
    return np.select([between == pair for pair in by_pair], list(by_pair.values()))


def _thresholds(lines: Mapping[str, Line], target: float) -> dict[str, float]:
    return {pair: line.point(target).threshold for pair, line in lines.items()}


def _use(scores: Scores, target: float, beyond: Floats, lines: Mapping[str, Line]) -> Use:
    return Use(target, _thresholds(lines, target), at_threshold(0.0, *scores.split(beyond)))
