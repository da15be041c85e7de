"""Writes the performance card of voice: `python -m tools.voice_card MANIFEST.csv [FOLDER]`.

`gatehouse evaluate voice` measures each set of the manifest's recordings under its conditions;
the figures go to docs/performance/voice.json and the page is written of them by a template. With
`--page` only the page is written anew. FOLDER keeps what was encoded, for a run that broke off.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from gateway.cli.progress import bars
from gateway.evaluation import Order, Where, files
from gateway.evaluation.evaluate import SAME, evaluated
from gateway.evaluation.page import environment
from gateway.progress import Progress
from verifiers.voice import correction, engines
from verifiers.voice.calibration import Calibration

HERE = Path(__file__).parent
PAGES = HERE.parent / "docs" / "performance"
FIGURES, PAGE = PAGES / "voice.json", PAGES / "voice.md"
PLOTS = {"det.png": "voice-det.png", "histogram.png": "voice-histogram.png"}
LEFT_OUT = {"curve", "histogram", "failures", "files", "results", "groups", "spreads"}
"""What the page does not need, and the names of recordings."""
ALL = ("clean", "telephone", "babble", "noise", "reverberation")
BOTH = ("clean", "telephone")
SIZES = (1, 3)
DRAWINGS = 1000
AIMED = 1e-3
"""The false match rate at which the aims are to be reached."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the recordings, and how they are made to sound."""

    where: tuple[Where, ...]
    conditions: tuple[str, ...]


CUT = Where("session", "*cut in 6*")
PARTS: Mapping[str, Part] = {
    "all": Part((), ALL),
    "read": Part((Where("subject", "[lv]*"),), BOTH),
    "calm": Part((Where("subject", "[lv]*"), Where("session", CUT.pattern, wanted=False)), BOTH),
    "cut": Part((CUT,), BOTH),
    "acted": Part((Where("subject", "emodb*"),), BOTH),
    "digits": Part((Where("subject", "fsdd*"),), ("clean",)),
}


def main() -> None:
    """Measure, unless only the page is wanted, and write."""
    arguments = sys.argv[1:]
    if arguments != ["--page"]:
        with TemporaryDirectory() as scratch, bars() as progress:
            folder = Path(arguments[1] if len(arguments) > 1 else scratch)
            found = measured(Path(arguments[0]), folder, progress)
        FIGURES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    PAGE.write_text(rendered(json.loads(FIGURES.read_text("utf-8"))), "utf-8")


def measured(manifest: Path, folder: Path, progress: Progress) -> dict[str, Any]:
    """Evaluate every part with one and with three recordings per template, and mismatched."""
    results = list(_results(manifest, folder, progress))
    for name, wanted in PLOTS.items():
        copyfile(folder / name, PAGES / wanted)
    return {"results": results}


def _results(manifest: Path, folder: Path, progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield one result after the other, and draw the plots of all recordings."""
    for name, part, size, enrolment in _cases():
        order = Order(
            manifest, manifest.parent, size, part.conditions, enrolment,
            where=part.where, calibration=Calibration.load(), collection="source_repo",
            bootstrap=DRAWINGS, resume=True, keep=True,
        )  # fmt: skip
        report = evaluated(order, folder, progress)
        if (name, size, enrolment) == ("all", 1, SAME):
            files.write(report, folder)
        yield from ({"part": name, **each} for each in kept(report.json()))


def _cases() -> Iterator[tuple[str, Part, int, str]]:
    """Yield what is measured; at the end those who enrol wide and log in by telephone."""
    for name, part in PARTS.items():
        yield from ((name, part, size, SAME) for size in SIZES)
    yield from (("all", Part((), ("telephone",)), size, "clean") for size in SIZES)


def kept(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Take of each result what the page needs."""
    shared = {key: report[key] for key in ("date", "fingerprint", "bootstrap", "seed")}
    for result in report["results"]:
        rest = {key: value for key, value in result.items() if key not in LEFT_OUT}
        yield {**shared, **rest, "calibrated": _unnamed(result["calibrated"])}


def _unnamed(calibrated: dict[str, Any] | None) -> dict[str, Any] | None:
    """Count the people whom the calibration knows, rather than naming them."""
    return calibrated and {**calibrated, "overlap": len(calibrated["overlap"])}


def rendered(found: Mapping[str, Any]) -> str:
    """Write the page."""
    return environment(HERE).get_template("voice_card.md").render(Figures(found).context())


class Figures:
    """Finds results by part, condition and size of the template."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._results = found["results"]

    def context(self) -> dict[str, Any]:
        """Return what the template writes down."""
        return {
            "about": self.of("all", "clean", 1),
            "of": self.of,
            "tables": [
                ("Under conditions", self._worst_first({"all": PARTS["all"]})),
                ("By what was spoken", self._worst_first({**PARTS, "all": Part((), ())})),
            ],
            "aims": list(self._aims()),
            "met": [aim for aim in self._aims() if aim["met"].startswith("yes")],
            "judged": self._judged(),
            "sizes": SIZES,
            "corrected": corrected(),
        }  # fmt: skip

    def of(self, part: str, condition: str, size: int, enrolment: str = "") -> dict[str, Any]:
        """Return one result."""
        wanted = (part, condition, size, enrolment or condition)
        keys = ("part", "condition", "utterances_per_template", "enrol_condition")
        found: dict[str, Any] = next(
            each for each in self._results if tuple(each[key] for key in keys) == wanted
        )
        return found

    def _worst_first(self, parts: Mapping[str, Part]) -> list[tuple[str, str]]:
        """Order what was measured by the false non-match rate at the first target."""
        rows = [(name, condition) for name, part in parts.items() for condition in part.conditions]
        return sorted(
            rows, key=lambda row: -self.of(row[0], row[1], 1)["points"][0]["fnmr"]["value"]
        )

    def _judged(self) -> list[dict[str, Any]]:
        """Order what the calibration judges, mismatched channels too, by its false non-matches."""
        ways = [(condition, "") for condition in ALL] + [("telephone", "clean")]
        found = [
            self.of("all", heard, size, enrolled) for heard, enrolled in ways for size in SIZES
        ]
        return sorted(
            found, key=lambda each: -each["calibrated"]["uses"][-1]["held_out"]["fnmr"]["value"]
        )

    def _aims(self) -> Iterator[dict[str, Any]]:
        """Set each aim beside what was measured, on the part it names and on all recordings."""
        for size, divided in zip(SIZES, (1, 2), strict=True):
            for condition, aim in (("clean", 0.01), ("telephone", 0.05)):
                for part in ("calm", "read", "all"):
                    result, limit = self.of(part, condition, size), aim / divided
                    use = target(result, AIMED)
                    yield {"size": size, "condition": condition, "part": part, "limit": limit,
                           "result": result, "point": result["points"][0], "ships": use["point"],
                           "held": use["held_out"],
                           "met": verdict(use["held_out"], limit)}  # fmt: skip


def corrected() -> int:
    """Count the people of whom it was learnt what a telephone does."""
    found = correction.of(engines.described(engines.DEFAULT).format)
    return len(found.made.subjects) if found else 0


def target(result: Mapping[str, Any], rate: float) -> Mapping[str, Any]:
    """Return what the calibration makes of a result at one target false match rate."""
    uses: list[dict[str, Any]] = result["calibrated"]["uses"]
    return next(use for use in uses if use["target"] == rate)


def verdict(held: Mapping[str, Any], limit: float) -> str:
    """Say whether an aim was reached by thresholds that know nobody whom they judge."""
    fmr, fnmr = held["fmr"], held["fnmr"]
    if fmr["value"] > AIMED:
        return "**no**, and too many strangers pass"
    if fnmr["value"] > limit:
        return "**no**"
    sure = fnmr["high"] <= limit and fmr["high"] <= AIMED
    return "yes" if sure else "yes, but its bound is not"


if __name__ == "__main__":
    main()
