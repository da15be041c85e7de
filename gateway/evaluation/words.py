"""A report in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.evaluation.page import few, interval, percent, words
from gateway.evaluation.plot import named
from gateway.evaluation.rates import Point
from gateway.evaluation.report import Calibrated, Report, Result


def lines(report: Report) -> Iterator[str]:
    """Say what was found, one result after the other."""
    for result in report.results:
        yield from _result(result)
        yield ""
    yield from (f"{name:<22} {path}" for name, path in report.files.items())


def _result(result: Result) -> Iterator[str]:
    acquired = result.acquired
    yield named(result)
    yield f"{'Recordings':<22} {acquired.recordings} of {acquired.subjects} people"
    reasons = ", ".join(f"{name} {count}" for name, count in acquired.reasons.items())
    yield f"{'Failure to acquire':<22} {words(acquired.failure_to_acquire)} {reasons}".rstrip()
    yield f"{'Failure to enrol':<22} {words(acquired.failure_to_enrol)}"
    yield f"{'Recordings/template':<22} {result.utterances_per_template}"
    yield f"{'Comparisons':<22} {result.genuine} genuine, {result.impostor} impostor"
    yield f"{'EER':<22} {_eer(result)}"
    costs = ", ".join(f"{cost:.3f} at p={name}" for name, cost in result.min_dcf.items())
    yield f"{'minDCF':<22} {costs}"
    for point in result.points:
        drawn = interval(result, f"fnmr_at_fmr_{point.target:g}")
        yield from _point(f"FNMR at FMR {point.target:g}", point, drawn)
    if result.calibrated:
        yield from _calibrated(result, result.calibrated)


def _eer(result: Result) -> str:
    people = _by_people(interval(result, "eer"))
    return f"{percent(result.eer)} at {result.eer_threshold:.3f}{people}"


def _calibrated(result: Result, found: Calibrated) -> Iterator[str]:
    """Say what the thresholds in use make of it; and that they flatter people whom they know."""
    for use in found.uses:
        drawn = interval(result, "fnmr_in_use") if use is found.uses[-1] else ""
        yield from _point(f"Calibrated, {use.target:g}", use.point, drawn, at=False)
    yield f"{'Cllr':<22} {found.cllr:.3f} bits"
    if found.overlap:
        yield f"{'':<22} the calibration knows {len(found.overlap)} of these people: it flatters"
    for use in found.uses:
        if use.held_out:
            yield from _point(f"Cross-fitted, {use.target:g}", use.held_out, "", at=False)


def _point(label: str, point: Point, people: str, *, at: bool = True) -> Iterator[str]:
    where = f" at {point.threshold:.3f}" if at else ""
    found = f"{words(point.fnmr)}{where}, FMR {words(point.fmr)}"
    yield f"{label:<22} {found}{_by_people(people)}"
    if not point.supported:
        yield f"{'':<22} {point.fmr.comparisons} impostor comparisons cannot show this FMR"
    elif few(point.fnmr):
        yield f"{'':<22} fewer than 30 errors: not known to within 30 %"


def _by_people(interval: str) -> str:
    return f"; people drawn anew: {interval}" if interval else ""
