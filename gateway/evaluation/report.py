"""What an evaluation found, as text for people and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from gateway.evaluation.rates import Point, Rate


@dataclass(frozen=True, slots=True)
class Report:
    """One technology evaluation; `in_use` is the threshold of this installation's settings."""

    engine: str
    subjects: int
    recordings: int
    failures: dict[str, str]
    utterances_per_template: int
    genuine: int
    impostor: int
    eer: float
    eer_threshold: float
    points: tuple[Point, ...]
    in_use: Point
    files: dict[str, str]

    def json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        data = asdict(self)
        data["failure_to_enrol_rate"] = len(self.failures) / self.recordings
        data["fnmr_at_fmr"] = {f"{p.target:g}": p.fnmr.value for p in self.points}
        return data

    def lines(self) -> Iterator[str]:
        """Say it in words."""
        yield f"Engine               {self.engine}"
        yield f"Recordings           {self.recordings} of {self.subjects} people"
        yield f"Failures to enrol    {len(self.failures)} (recordings the engine turned away)"
        yield f"Recordings/template  {self.utterances_per_template}"
        yield f"Comparisons          {self.genuine} genuine, {self.impostor} impostor"
        yield f"EER                  {self.eer:.2%} at {self.eer_threshold:.3f}"
        for point in self.points:
            yield f"{f'FNMR at FMR {point.target:g}':<20} {_words(point)}"
            if not point.supported:
                yield f"{'':<20} {self.impostor} impostor comparisons cannot show this FMR"
        yield f"{'Threshold in use':<20} {_words(self.in_use)}"
        yield from (f"{name:<20} {path}" for name, path in self.files.items())


def _words(point: Point) -> str:
    return f"{_rate(point.fnmr)} at {point.threshold:.3f}, FMR {_rate(point.fmr)}"


def _rate(rate: Rate) -> str:
    bounds = f"95 %: {rate.low:.3%} to {rate.high:.3%}"
    return f"{rate.value:.3%} ({rate.errors}/{rate.comparisons}, {bounds})"
