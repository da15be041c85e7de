"""People whom a calibration was fitted on, and figures that do not lean on knowing them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Floats
from gateway.evaluation.compare import Scores
from gateway.evaluation.compared import Compared, collections
from gateway.evaluation.costs import cllr
from gateway.evaluation.crossfit import crossfitted
from gateway.evaluation.fitting import Rule
from gateway.evaluation.manifest import pseudonym
from gateway.evaluation.rates import at_threshold
from gateway.evaluation.report import Calibrated
from verifiers.voice.calibration import Calibration


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Ratios of comparisons and how far they lie above their thresholds, cross-fitted.

    They are no numbers where two channels have too few people to hold any out.
    """

    ratios: Floats
    beyond: dict[float, Floats]


@dataclass(frozen=True, slots=True)
class How:
    """For which targets, from which seed; in each value of `collection` thresholds must hold."""

    targets: tuple[float, ...]
    seed: int = 1
    collection: str = ""


def overlap(scores: Scores, calibration: Calibration) -> tuple[str, ...]:
    """Name the people whom a calibration was fitted on, by the digests that it holds."""
    fitted = set(calibration.made.subjects)
    return tuple(each for each in scores.subjects if pseudonym(each) in fitted)


def held_out(scores: Scores, values: Floats, between: NDArray[np.str_], how: How) -> HeldOut:
    """Cross-fit each pair of channels."""
    ratios = np.full(values.size, np.nan)
    beyond = {target: np.full(values.size, np.nan) for target in how.targets}
    collection = collections([scores.enrolled, scores.probes], how.collection)
    for pair in np.unique(between):
        here = between == pair
        with suppress(ValueError, np.linalg.LinAlgError):
            rule = Rule(how.targets, collection, how.seed)
            found = crossfitted(_compared(scores, values).where(here), rule)
            ratios[here] = found.ratios
            for target in how.targets:
                beyond[target][here] = found.ratios - found.thresholds[target]
    return HeldOut(ratios, beyond)


def _compared(scores: Scores, values: Floats) -> Compared:
    owner = scores.owner[scores.template].astype(np.int64)
    speaker = scores.speaker[scores.probe].astype(np.int64)
    return Compared(values, owner, speaker, scores.subjects)


def beside(found: Calibrated, known: Sequence[str], held: HeldOut, scores: Scores) -> Calibrated:
    """Put the cross-fitted figures beside those of the calibration, where there are any."""
    genuine, impostor = _split(scores, held.ratios)
    if not genuine.size or not impostor.size:
        return replace(found, overlap=tuple(known))
    uses = tuple(
        replace(use, held_out=at_threshold(0.0, *_split(scores, held.beyond[use.target])))
        for use in found.uses
    )
    return Calibrated(found.identity, found.cllr, uses, tuple(known), cllr(genuine, impostor))


def _split(scores: Scores, values: Floats) -> tuple[Floats, Floats]:
    """Return the genuine and the impostor values that are numbers."""
    genuine, impostor = scores.split(values)
    return genuine[~np.isnan(genuine)], impostor[~np.isnan(impostor)]
