"""Judge everybody by what was fitted on others: on no score of either side of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from gateway.evaluation.arrays import Floats, Mask
from gateway.evaluation.compared import Compared
from gateway.evaluation.fitting import Fitted, Rule, fit
from gateway.evaluation.folds import FOLDS, fold


@dataclass(frozen=True, slots=True)
class Crossfitted:
    """For each comparison its log-likelihood ratio, and the threshold of each target."""

    ratios: Floats
    thresholds: Mapping[float, Floats]

    def matches(self, target: float) -> Mask:
        """Say which comparisons are matches at a target."""
        found: Mask = self.ratios >= self.thresholds[target]
        return found


def crossfitted(compared: Compared, rule: Rule) -> Crossfitted:
    """Fit for each two folds on the people of all others. Raises ValueError for too few people."""
    ratios = np.full(compared.score.size, np.nan)
    thresholds = {target: np.full(compared.score.size, np.nan) for target in rule.targets}
    for held, others in _sides(compared):
        fitted = _fit(compared.among(others), rule)
        ratios[held] = fitted.ratios(compared.score[held])
        for target in rule.targets:
            thresholds[target][held] = fitted.thresholds[target]
    return Crossfitted(ratios, thresholds)


def _fit(compared: Compared, rule: Rule) -> Fitted:
    genuine, impostor = compared.split()
    if not genuine.size or not impostor.size:
        raise ValueError("too few people to hold any out")
    return fit(compared, rule)


def _sides(compared: Compared) -> Iterator[tuple[Mask, Mask]]:
    """Yield which comparisons are between two folds, and which people are in neither."""
    folds = np.array([fold(each, FOLDS) for each in compared.subjects])
    owner, speaker = folds[compared.owner], folds[compared.speaker]
    for one, other in combinations_with_replacement(range(FOLDS), 2):
        held = ((owner == one) & (speaker == other)) | ((owner == other) & (speaker == one))
        if held.any():
            yield held, (folds != one) & (folds != other)
