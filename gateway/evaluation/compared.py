"""Comparisons of one pair of channels, ready to be fitted: scores, and who stands on each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.compare import Scores, mean
from gateway.evaluation.encode import Encoded
from verifiers.voice.normalisation import Cohort
from verifiers.voice.vectors import scaled

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Compared:
    """Scores (n,), and for each the numbers of the two people in `subjects`."""

    score: Floats
    owner: Indices
    speaker: Indices
    subjects: Sequence[str]

    @property
    def genuine(self) -> Mask:
        """Which comparisons are of one person with themselves."""
        same: Mask = self.owner == self.speaker
        return same

    def where(self, wanted: Mask) -> Compared:
        """Keep some of the comparisons."""
        return Compared(self.score[wanted], self.owner[wanted], self.speaker[wanted], self.subjects)

    def among(self, people: Mask) -> Compared:
        """Keep the comparisons among some people."""
        return self.where(people[self.owner] & people[self.speaker])

    def split(self, values: Floats | None = None) -> tuple[Floats, Floats]:
        """Return the genuine and the impostor scores, or such parts of other values."""
        every = self.score if values is None else values
        return every[self.genuine], every[~self.genuine]


def compared(scores: Scores, cohort: Cohort | None = None) -> Compared:
    """Take scores as they are, or normalised by a cohort."""
    values = normalised(scores, cohort) if cohort else scores.score.astype(np.float64)
    owner = scores.owner[scores.template].astype(np.int64)
    return Compared(values, owner, scores.speaker[scores.probe].astype(np.int64), scores.subjects)


def joined(one: Compared, other: Compared) -> Compared:
    """Put the comparisons of the same people together."""
    return Compared(
        np.concatenate([one.score, other.score]),
        np.concatenate([one.owner, other.owner]),
        np.concatenate([one.speaker, other.speaker]),
        one.subjects,
    )


def normalised(scores: Scores, cohort: Cohort) -> Floats:
    """Do what `Cohort.normalised` does, for all comparisons at once."""
    means = [mean(scores.enrolled.embeddings[list(each.rows)]) for each in scores.templates]
    left = spreads(np.array(means), _channel(scores.probes), cohort)
    right = spreads(scores.probes.embeddings, _channel(scores.enrolled), cohort)
    sides = ((left, scores.template), (right, scores.probe))
    above = [(scores.score - middle[at]) / width[at] for (middle, width), at in sides]
    mean_of_both: Floats = np.mean(above, axis=0)
    return mean_of_both


def spreads(voices: NDArray[np.float32], channel: str, cohort: Cohort) -> tuple[Floats, Floats]:
    """Return mean and deviation of each voice's best scores with the strangers of a channel."""
    strangers = np.array(list(map(scaled, cohort.means[channel])))
    best = np.sort(voices.astype(np.float64) @ strangers.T, axis=1)[:, -cohort.top :]
    return best.mean(axis=1), best.std(axis=1)


def _channel(encoded: Encoded) -> str:
    return encoded.channels[0]


def collections(encoded: Sequence[Encoded], column: str) -> Mapping[str, str]:
    """Say for each person which collection their recordings are of."""
    every = (each for one in encoded for each in one.utterances)
    return {each.subject: each.columns.get(column, "") for each in every}
