"""From scores to a result: count the errors, say how sure that is, per group as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contracts.errors import Misconfigured
from gateway.evaluation import bootstrap
from gateway.evaluation.arrays import Floats
from gateway.evaluation.compare import Scores
from gateway.evaluation.costs import min_dcf
from gateway.evaluation.groups import groups, spreads
from gateway.evaluation.operating import Judged
from gateway.evaluation.rates import at_fmr, curve, equal_error, rate
from gateway.evaluation.report import Acquired, Histogram, Result
from verifiers.voice.calibration import TARGETS

P_TARGETS = (0.01, 0.001)
"""How often a claim is true, for the detection cost: NIST SRE 2016 and stricter."""
BINS = 60
CURVE_POINTS = 400


@dataclass(frozen=True, slots=True)
class Case:
    """What was compared: an engine, how the probes and how the enrolments sounded."""

    engine: str
    condition: str
    enrol_condition: str
    utterances: int


@dataclass(frozen=True, slots=True)
class Sureness:
    """How often people are drawn anew, from which seed, and who hears how far that is."""

    times: int
    seed: int
    progress: Callable[[int], None]


def measure(
    case: Case, scores: Scores, judged: Judged | None, columns: Sequence[str], sureness: Sureness
) -> Result:
    """Count everything. Raises Misconfigured where there is nobody to compare."""
    genuine, impostor = scores.split()
    if not genuine.size or not impostor.size:
        detail = f"{case.condition}: two people with enough good recordings each are needed"
        raise Misconfigured(detail=detail)
    points = tuple(at_fmr(target, genuine, impostor) for target in TARGETS)
    eer, threshold = equal_error(genuine, impostor)
    found = groups(scores, columns, points)
    return Result(
        engine=case.engine,
        condition=case.condition,
        enrol_condition=case.enrol_condition,
        utterances_per_template=case.utterances,
        acquired=acquired(scores),
        genuine=genuine.size,
        impostor=impostor.size,
        eer=eer,
        eer_threshold=threshold,
        min_dcf={f"{p:g}": min_dcf(genuine, impostor, p) for p in P_TARGETS},
        points=points,
        intervals=intervals(scores, judged, sureness),
        calibrated=judged.calibrated if judged else None,
        groups=found,
        spreads=spreads(found),
        curve=thinned(genuine, impostor),
        histogram=histogram(genuine, impostor),
    )


def acquired(scores: Scores) -> Acquired:
    """Count recordings and people, and those who were turned away."""
    probes, failures = scores.probes.utterances, scores.probes.failures
    turned = [*failures, *scores.enrolled.failures]
    people = {each.subject for each in probes} | {each.utterance.subject for each in turned}
    enrolled = {each.subject for each in scores.templates}
    return Acquired(
        subjects=len(people),
        recordings=len(probes) + len(failures),
        failures={each.utterance.name: each.words for each in failures},
        reasons=dict(sorted(Counter(each.reason for each in failures).items())),
        failure_to_acquire=rate(len(failures), len(probes) + len(failures)),
        failure_to_enrol=rate(len(people - enrolled), len(people)),
    )


def intervals(
    scores: Scores, judged: Judged | None, sureness: Sureness
) -> dict[str, bootstrap.Interval]:
    """Draw people anew for the figures that need no calibration, and for those that do."""
    figures: dict[str, bootstrap.Figure] = {"eer": bootstrap.eer}
    figures |= {f"fnmr_at_fmr_{target:g}": bootstrap.fnmr_at(target) for target in TARGETS}
    figures |= {f"min_dcf_{p:g}": bootstrap.cost(p) for p in P_TARGETS}
    found = _drawn(scores, scores.score, figures, sureness)
    if judged:
        both = {"fmr_in_use": True, "fnmr_in_use": False}
        used = {name: bootstrap.at(0.0, matches=kind) for name, kind in both.items()}
        found |= _drawn(scores, judged.beyond, used, sureness)
    return found


def _drawn(
    scores: Scores,
    values: NDArray[np.floating[Any]],
    figures: Mapping[str, bootstrap.Figure],
    sureness: Sureness,
) -> dict[str, bootstrap.Interval]:
    times, seed = sureness.times, sureness.seed
    return bootstrap.intervals(
        scores, values, figures, times=times, seed=seed, progress=sureness.progress
    )


def thinned(genuine: Floats, impostor: Floats) -> tuple[tuple[float, float], ...]:
    """Return the trade-off, false match and false non-match rate, at a few hundred thresholds.

    They are chosen evenly among the places where either rate changes; both ends are kept.
    """
    _, matches, misses = curve(genuine, impostor)
    steps = np.log(matches + 1e-6) - np.log(misses + 1e-6)
    wanted = np.linspace(steps[0], steps[-1], CURVE_POINTS)
    chosen = np.unique(np.clip(np.searchsorted(-steps, -wanted), 0, steps.size - 1))
    return tuple((float(matches[n]), float(misses[n])) for n in chosen)


def histogram(genuine: Floats, impostor: Floats) -> Histogram:
    """Count the scores into bins of equal width."""
    low = float(min(genuine.min(), impostor.min()))
    high = float(max(genuine.max(), impostor.max()))
    shares = [np.histogram(each, BINS, (low, high))[0] / each.size for each in (genuine, impostor)]
    return Histogram(low, high, *(tuple(map(float, each)) for each in shares))
