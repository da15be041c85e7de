"""What the calibration in use makes of scores, and whose voices it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.compare import Scores, mean
from gateway.evaluation.costs import cllr
from gateway.evaluation.heldout import How, beside, held_out, overlap
from gateway.evaluation.rates import at_threshold
from gateway.evaluation.report import Calibrated, Use
from verifiers.voice.calibration import Calibration, Line
from verifiers.voice.normalisation import Cohort

Floats = NDArray[np.float64]

TARGETS = (1e-3, 1e-4)
"""What the policy can name; the last is what it names unless an admin changes it."""
CHANNELS = ("wide", "telephone")


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
    """Name the two channels of each comparison; a template's is that of its first recording."""
    enrolled = np.array([scores.enrolled.channels[each.rows[0]] for each in scores.templates])
    heard = np.array(scores.probes.channels)
    left = np.char.add(enrolled[scores.template], "-")
    named: NDArray[np.str_] = np.char.add(left, heard[scores.probe])
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


def normalised(scores: Scores, cohort: Cohort) -> Floats:
    """Return the scores in deviations above strangers, as `Cohort.normalised` does for one."""
    rows = [mean(scores.enrolled.embeddings[list(each.rows)]) for each in scores.templates]
    enrolled = [scores.enrolled.channels[each.rows[0]] for each in scores.templates]
    left = _spreads(cohort, rows, scores.probes.channels, scores.template, scores.probe)
    right = _spreads(cohort, scores.probes.embeddings, enrolled, scores.probe, scores.template)
    ours, theirs = ((scores.score - middle) / spread for middle, spread in (left, right))
    return (ours + theirs) / 2


def _spreads(
    cohort: Cohort,
    voices: list[NDArray[np.float32]] | NDArray[np.float32],
    others: list[str],
    mine: NDArray[np.int32],
    theirs: NDArray[np.int32],
) -> tuple[Floats, Floats]:
    """Return mean and deviation of one voice with strangers on the other voice's channel."""
    table = np.array([[cohort.spread(each.tolist(), name) for name in CHANNELS] for each in voices])
    channel = np.array([CHANNELS.index(each) for each in others])[theirs]
    return table[mine, channel, 0], table[mine, channel, 1]
