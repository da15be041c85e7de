"""Make a calibration: fitted on everybody, judged on people who were held out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.errors import Misconfigured
from gateway.evaluation.compare import Choosing, compare
from gateway.evaluation.compared import Compared, collections, compared, joined
from gateway.evaluation.correcting import Correcting, plain
from gateway.evaluation.costs import cllr
from gateway.evaluation.crossfit import Crossfitted, crossfitted
from gateway.evaluation.digits import short, short_above
from gateway.evaluation.encode import Encoded, Listening
from gateway.evaluation.fitting import Fitted, Rule, fit, least_cllr
from gateway.evaluation.learning import paired
from gateway.evaluation.manifest import digest, pseudonyms
from gateway.evaluation.order import Order, encode
from gateway.evaluation.rates import rate
from gateway.progress import Progress
from verifiers.voice.calibration import (
    AGREEMENT,
    MANY,
    TARGETS,
    Calibration,
    Cost,
    Line,
    Made,
    Point,
)
from verifiers.voice.channels import PAIRS
from verifiers.voice.normalisation import Cohort

FITTED = (AGREEMENT, *TARGETS)
"""The false match rates that thresholds are fitted for."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """How scores come about: what corrects telephone voices, and what normalises."""

    choose: Choosing
    cohort: Cohort | None


def calibrate(order: Order, progress: Progress, listening: Listening | None = None) -> Calibration:
    """Encode, compare and fit. Raises Misconfigured where there are too few people."""
    cohort = _cohort(order)
    listening = listening or order.pooled()
    encoded = encode(order, progress, listening)
    known = listening.correction
    correcting = Correcting(known, lambda: paired(encoded)) if known else plain
    lines = list(_lines(order, encoded, Comparing(correcting, cohort), progress))
    return Calibration(
        version=1,
        engine=order.format,
        cohort=cohort.fingerprint if cohort else None,
        correction=known.fingerprint if known else None,
        made=_made(order, encoded),
        lines=lines,
    )


def _cohort(order: Order) -> Cohort | None:
    """Read the cohort. Raises Misconfigured: of another engine, or with people of the manifest."""
    if order.cohort is None:
        return None
    cohort = Cohort.load(order.cohort)
    if cohort.engine != order.format:
        raise Misconfigured(detail=f"the cohort is of {cohort.engine}, not of {order.format}")
    if set(cohort.subjects) & set(pseudonyms({each.subject for each in order.utterances()})):
        raise Misconfigured(detail="people of the cohort are in the manifest too")
    return cohort


def _made(order: Order, encoded: Mapping[str, Encoded]) -> Made:
    utterances = order.utterances()
    return Made(
        date=order.date,
        command=order.command,
        seed=order.seed,
        data=digest(utterances),
        recordings=len(utterances),
        turned_away=len(encoded["wide"].failures),
        subjects=pseudonyms({each.subject for each in utterances}),
    )


def _lines(
    order: Order, encoded: Mapping[str, Encoded], how: Comparing, progress: Progress
) -> Iterator[Line]:
    collection = collections(list(encoded.values()), order.collection)
    wanted = [(pair, utterances) for pair in PAIRS for utterances in (1, MANY)]
    for number, ((one, other), utterances) in enumerate(wanted, start=1):
        found = _compared(encoded[one], encoded[other], utterances, how)
        rule = Rule(FITTED, collection, order.seed)
        yield _line((one, other), utterances, found, rule)
        progress("Fitting", number, len(wanted))


def _compared(one: Encoded, other: Encoded, utterances: int, how: Comparing) -> Compared:
    """Compare two channels: either of them can be the enrolled one."""
    found = compared(compare(one, other, utterances, how.choose), how.cohort)
    if one is other or utterances == 1:
        return found
    return joined(found, compared(compare(other, one, utterances, how.choose), how.cohort))


def _line(channels: tuple[str, str], utterances: int, found: Compared, rule: Rule) -> Line:
    """Fit one line. Raises Misconfigured where too few people are left to hold any out."""
    try:
        held = crossfitted(found, rule)
    except ValueError as error:
        raise Misconfigured(detail=f"{' and '.join(channels)}: {error}") from error
    fitted = fit(found, rule)
    genuine, impostor = found.split()
    return Line.model_validate(
        {
            "channels": list(channels),
            "utterances": utterances,
            "slope": short(fitted.slope),
            "offset": short(fitted.offset),
            "people": len({*found.owner.tolist(), *found.speaker.tolist()}),
            "genuine": genuine.size,
            "impostor": impostor.size,
            "cllr": _cost(found, held),
            "points": [_point(found, held, target, fitted) for target in rule.targets],
        }
    )


def _cost(found: Compared, held: Crossfitted) -> Cost:
    genuine, impostor = found.split()
    return Cost(
        cosine=short(cllr(genuine, impostor)),
        calibrated=short(cllr(*found.split(held.ratios))),
        least=short(least_cllr(genuine, impostor)),
    )


def _point(found: Compared, held: Crossfitted, target: float, fitted: Fitted) -> Point:
    """Count errors at this threshold and at those fitted on others: the worse of both is told."""
    threshold, genuine = fitted.thresholds[target], found.genuine
    judged = (held.matches(target), fitted.ratios(found.score) >= threshold)
    false = rate(max(int((each & ~genuine).sum()) for each in judged), int((~genuine).sum()))
    missed = rate(max(int((~each & genuine).sum()) for each in judged), int(genuine.sum()))
    return Point(
        target=target,
        threshold=short(threshold),
        false_matches=false.errors,
        fmr_upper=short_above(false.high),
        fnmr=short(missed.value),
        fnmr_upper=short(missed.high),
        supported=short_above(false.high) <= target,
    )


def lines(made: Calibration) -> Iterator[str]:
    """Say in words what came of it, worst first."""
    yield f"Engine               {made.engine}"
    yield f"People               {len(made.made.subjects)}, {made.made.recordings} recordings"
    every = ((line, point) for line in made.lines for point in line.points)
    for line, point in sorted(every, key=lambda each: -each[1].fnmr):
        name = f"{' and '.join(dict.fromkeys(line.channels))}, {line.utterances}"
        shown = "" if point.supported else f"; {line.impostor} comparisons cannot show it"
        missed = f"FNMR {point.fnmr:.2%} (below {point.fnmr_upper:.2%})"
        yield (
            f"{name:<20} FMR {point.target:g}: threshold {point.threshold:.2f}, {missed}, "
            f"FMR below {point.fmr_upper:.2g}{shown}"
        )
