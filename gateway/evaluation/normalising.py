"""Symmetric score normalisation, for all comparisons at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Floats, Indices
from gateway.evaluation.compare import Scores
from verifiers.voice.normalisation import Cohort


def normalised(scores: Scores, cohort: Cohort) -> Floats:
    """Return scores in deviations above strangers, as `Cohort.normalised` does for one."""
    found = np.empty(scores.score.size)
    for number, (means, probes) in enumerate(scores.views):
        here = scores.view == number
        found[here] = _normalised(scores.where(here), means, probes, cohort)
    return found


def _normalised(
    scores: Scores, means: NDArray[np.float32], probes: NDArray[np.float32], cohort: Cohort
) -> Floats:
    enrolled, heard = scores.channels
    ours = _above(scores.score, means, scores.template, heard, cohort)
    return (ours + _above(scores.score, probes, scores.probe, enrolled, cohort)) / 2


def _above(
    score: NDArray[np.float32],
    voices: NDArray[np.float32],
    row: Indices,
    channel: NDArray[np.str_],
    cohort: Cohort,
) -> Floats:
    """Set scores beside those of one of the two voices with strangers on the other's channel."""
    found = np.empty(score.size)
    for name in np.unique(channel):
        here = channel == name
        middle, width = spread(voices, str(name), cohort)
        found[here] = (score[here] - middle[row[here]]) / width[row[here]]
    return found


def spread(voices: NDArray[np.float32], channel: str, cohort: Cohort) -> tuple[Floats, Floats]:
    """Return mean and deviation of each voice's best scores with the strangers of a channel."""
    strangers = np.array(cohort.means[channel])
    best = np.sort(voices.astype(np.float64) @ strangers.T, axis=1)[:, -cohort.top :]
    return best.mean(axis=1), best.std(axis=1)
