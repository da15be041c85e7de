"""Symmetric score normalisation, for all comparisons at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Floats, Indices
from gateway.evaluation.compare import Scores, mean
from verifiers.voice.normalisation import Cohort


def normalised(scores: Scores, cohort: Cohort) -> Floats:
    """Return scores in deviations above strangers, as `Cohort.normalised` does for one."""
    means = np.array([mean(scores.enrolled.embeddings[list(row.rows)]) for row in scores.templates])
    enrolled, heard = scores.channels
    ours = _above(scores.score, means, scores.template, heard, cohort)
    return (
        ours + _above(scores.score, scores.probes.embeddings, scores.probe, enrolled, cohort)
    ) / 2


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
