"""Evaluate voice on a manifest: encode, compare, count, write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from contracts.clock import Clock, SystemClock
from gateway.evaluation import files, manifest
from gateway.evaluation.compare import Choosing, Scores, compare
from gateway.evaluation.correcting import Correcting, plain
from gateway.evaluation.encode import CLEAN, Encoded, Encoder, Listening, Pooled
from gateway.evaluation.heldout import How
from gateway.evaluation.learning import Pairs, paired
from gateway.evaluation.manifest import Utterance, Where
from gateway.evaluation.measure import Case, Sureness, measure
from gateway.evaluation.operating import Judged, judge
from gateway.evaluation.order import both
from gateway.evaluation.report import Report, Result
from gateway.evaluation.unfinished import Unfinished
from gateway.progress import Progress
from verifiers.voice.calibration import TARGETS, Calibration
from verifiers.voice.normalisation import Cohort

SAME = "same"


@dataclass(frozen=True, slots=True)
class Order:
    """What to evaluate: a manifest, the folder its paths start from, how, and how thoroughly.

    `engines` are compared side by side, the empty name being the one in use. Templates are made of
    so many `utterances`, which sound like the probes or always alike (`enrol_condition`). With a
    `calibration`, its decisions are measured too; `collection` is a column that it looked at.
    """

    manifest: Path
    root: Path
    utterances: int = 1
    conditions: tuple[str, ...] = (CLEAN,)
    enrol_condition: str = SAME
    engines: tuple[str, ...] = ("",)
    groups: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    bootstrap: int = 1000
    seed: int = 1
    resume: bool = False
    keep: bool = False
    calibration: Calibration | None = None
    cohort: Cohort | None = None
    collection: str = ""
    listening: Callable[[str], Listening] = field(default=Pooled, repr=False)
    clock: Clock = field(default_factory=SystemClock, repr=False)


def run(order: Order, folder: Path, progress: Progress) -> Report:
    """Evaluate and write the whole report into a folder. Raises Misconfigured."""
    return files.write(evaluated(order, folder, progress), folder)


def evaluated(order: Order, folder: Path, progress: Progress) -> Report:
    """Evaluate, with nothing but the scores, and what an interrupted run needs, in a folder.

    Raises Misconfigured where the manifest, the models or people are missing.
    """
    utterances = manifest.read(order.manifest, order.root, order.where, order.groups)
    results: list[Result] = []
    with (
        Unfinished(folder, resume=order.resume, keep=order.keep) as unfinished,
        files.scores(folder) as write,
    ):
        encoder = Encoder(utterances, progress, unfinished, order.seed)
        for case, scores in compared(order, encoder):
            judged = _judged(order, case, scores)
            write(case, scores, judged)
            results.append(
                measure(case, scores, judged, order.groups, _sure(order, case, progress))
            )
    return _report(order, utterances, results)


def compared(order: Order, encoder: Encoder) -> Iterator[tuple[Case, Scores]]:
    """Yield the comparisons of every engine under every condition.

    Raises Misconfigured before anything is encoded where an engine is missing.
    """
    for listening in [order.listening(name) for name in order.engines]:
        choose = _choosing(order, encoder, listening)
        known: dict[str, Encoded] = {}
        for condition in order.conditions:
            enrolment = condition if order.enrol_condition == SAME else order.enrol_condition
            for each in {enrolment, condition} - known.keys():
                known[each] = encoder.encode(listening, each)
            case = Case(listening.engine, condition, enrolment, order.utterances)
            yield case, compare(known[enrolment], known[condition], order.utterances, choose)


def _choosing(order: Order, encoder: Encoder, listening: Listening) -> Choosing:
    """Correct as the pool does; whom the correction knows, by recordings of all it knows."""
    correction = listening.correction
    if correction is None:
        return plain

    def pairs() -> Pairs:
        known = set(correction.made.subjects)
        everybody = manifest.read(order.manifest, order.root)
        rows = [each for each in everybody if manifest.pseudonym(each.subject) in known]
        return paired(both(encoder.among(rows), listening))

    return Correcting(correction, pairs)


def _judged(order: Order, case: Case, scores: Scores) -> Judged | None:
    """Apply the calibration in use; one for another engine says nothing."""
    calibration = order.calibration
    if calibration is None or calibration.engine != case.engine or not scores.score.size:
        return None
    how = How(TARGETS, order.seed, order.collection)
    return judge(scores, calibration, order.cohort, how)


def _sure(order: Order, case: Case, progress: Progress) -> Sureness:
    label = f"How sure, {case.engine} {case.condition}"
    return Sureness(
        order.bootstrap, order.seed, lambda done: progress(label, done, order.bootstrap)
    )


def _report(order: Order, utterances: list[Utterance], results: list[Result]) -> Report:
    return Report(
        date=f"{order.clock.now():%Y-%m-%d}",
        manifest=order.manifest.name,
        fingerprint=manifest.digest(utterances),
        seed=order.seed,
        bootstrap=order.bootstrap,
        results=tuple(results),
        files={},
    )
