"""What an evaluation found: plain data with names that stay, for scripts and for the pages.

Whoever renames or removes a key raises `VERSION`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gateway.evaluation.groups import Group, Spread
from gateway.evaluation.rates import Point, Rate

VERSION = 2


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of the scores per bin, from `low` to `high` in equal steps."""

    low: float
    high: float
    genuine: tuple[float, ...]
    impostor: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """The rates where the calibration decides, each pair of channels at a threshold of its own.

    `thresholds` are natural-log likelihood ratios by the names of the two channels; `point` counts
    by how far a ratio lies above its threshold. `held_out` is the same cross-fitted.
    """

    target: float
    thresholds: Mapping[str, float]
    point: Point
    held_out: Point | None = None


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What the calibration in use makes of the scores.

    `overlap` are people whom it was fitted on: with them its figures flatter, and cross-fitted
    ones stand beside them, each comparison judged by what was fitted on no score of its two people.
    """

    identity: str
    cllr: float
    uses: tuple[Use, ...]
    overlap: tuple[str, ...] = ()
    held_out_cllr: float | None = None


@dataclass(frozen=True, slots=True)
class Acquired:
    """What became of the recordings and of the people.

    `reasons` counts the recordings that were turned away, by the machine's name of the reason;
    `failures` names them, with the words that a person would have read.
    """

    subjects: int
    recordings: int
    failures: Mapping[str, str]
    reasons: Mapping[str, int]
    failure_to_acquire: Rate
    failure_to_enrol: Rate


@dataclass(frozen=True, slots=True)
class Result:
    """One engine under one condition; `intervals` are of 95 %, by drawing people anew."""

    engine: str
    condition: str
    enrol_condition: str
    utterances_per_template: int
    acquired: Acquired
    genuine: int
    impostor: int
    eer: float
    eer_threshold: float
    min_dcf: Mapping[str, float]
    points: tuple[Point, ...]
    intervals: Mapping[str, tuple[float, float]]
    calibrated: Calibrated | None
    groups: tuple[Group, ...]
    spreads: tuple[Spread, ...]
    curve: tuple[tuple[float, float], ...] = field(repr=False)
    histogram: Histogram = field(repr=False)

    def json(self) -> dict[str, Any]:
        """Return the result as plain data, what was acquired among it."""
        data = asdict(self)
        shared = data.pop("acquired")
        acquired = self.acquired
        rates = {
            "failure_to_acquire_rate": acquired.failure_to_acquire.value,
            "failure_to_enrol_rate": acquired.failure_to_enrol.value,
            "fnmr_at_fmr": {f"{point.target:g}": point.fnmr.value for point in self.points},
            "in_use": asdict(self.calibrated.uses[-1]) if self.calibrated else None,
        }
        return {**data, **shared, **rates}


@dataclass(frozen=True, slots=True)
class Report:
    """One technology evaluation (ISO/IEC 19795-1): every engine under every condition."""

    date: str
    manifest: str
    fingerprint: str
    seed: int
    bootstrap: int
    results: tuple[Result, ...]
    files: Mapping[str, str]

    @property
    def first(self) -> Result:
        """The engine in use under the first condition."""
        return self.results[0]

    def json(self) -> dict[str, Any]:
        """Return the report as plain data; the first result's keys stand at the top as well."""
        about = asdict(self) | {"version": VERSION}
        results = [each.json() for each in self.results]
        return {**results[0], **about, "results": results}
