"""A report in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.evaluation.page import few, interval, words
from gateway.evaluation.plot import named
from gateway.evaluation.rates import Point
from gateway.evaluation.report import Report, Result


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
    people = interval(result, "eer")
    yield f"{'EER':<22} {result.eer:.2%} at {result.eer_threshold:.3f}{_by_people(people)}"
    costs = ", ".join(f"{cost:.3f} at p={name}" for name, cost in result.min_dcf.items())
    yield f"{'minDCF':<22} {costs}"
    for point in result.points:
        drawn = interval(result, f"fnmr_at_fmr_{point.target:g}")
        yield from _point(f"FNMR at FMR {point.target:g}", point, drawn)
    if result.calibrated:
        drawn = interval(result, "fnmr_in_use")
        for use in result.calibrated.uses:
            last = use is result.calibrated.uses[-1]
            yield from _point(f"Calibrated, {use.target:g}", use.point, drawn if last else "")
        yield f"{'Cllr':<22} {result.calibrated.cllr:.3f} bits"


def _point(label: str, point: Point, people: str) -> Iterator[str]:
    found = f"{words(point.fnmr)} at {point.threshold:.3f}, FMR {words(point.fmr)}"
    yield f"{label:<22} {found}{_by_people(people)}"
    if not point.supported:
        yield f"{'':<22} {point.fmr.comparisons} impostor comparisons cannot show this FMR"
    elif few(point.fnmr):
        yield f"{'':<22} fewer than 30 errors: not known to within 30 %"


def _by_people(interval: str) -> str:
    return f"; people drawn anew: {interval}" if interval else ""
