"""Evaluate voice on a manifest: encode, compare, count, write."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contracts.errors import Misconfigured
from gateway.evaluation import manifest, plot
from gateway.evaluation.compare import Comparison, comparisons
from gateway.evaluation.encode import Encoded, Progress, encode
from gateway.evaluation.rates import at_fmr, at_threshold, equal_error
from gateway.evaluation.report import Report
from verifiers.voice.matcher import FORMAT
from verifiers.voice.settings import VoiceSettings

TARGETS = (1e-3, 1e-4)


@dataclass(frozen=True, slots=True)
class Order:
    """What to evaluate: a manifest, the folder its paths start from, the size of a template."""

    manifest: Path
    root: Path
    utterances: int = 1


def run(order: Order, folder: Path, progress: Progress) -> Report:
    """Evaluate and write `report.json`, `scores.csv`, `det.png` and `det.svg`.

    Raises Misconfigured where the manifest, the models or people are missing.
    """
    encoded = encode(manifest.read(order.manifest, order.root), progress)
    compared = comparisons(encoded, order.utterances)
    genuine, impostor = scores(compared, genuine=True), scores(compared, genuine=False)
    if not genuine.size or not impostor.size:
        raise Misconfigured(detail="two people with enough good recordings each are needed")
    report = measure(order, encoded, genuine, impostor)
    return write(report, folder, compared, (genuine, impostor))


def scores(compared: Sequence[Comparison], *, genuine: bool) -> NDArray[np.float64]:
    """Return the scores of one kind of comparison."""
    return np.array([each.score for each in compared if each.genuine is genuine])


def measure(
    order: Order, encoded: Encoded, genuine: NDArray[np.float64], impostor: NDArray[np.float64]
) -> Report:
    """Count the errors."""
    eer, threshold = equal_error(genuine, impostor)
    return Report(
        engine=FORMAT,
        subjects=len({each.subject for each in encoded.utterances}),
        recordings=len(encoded.utterances) + len(encoded.failures),
        failures=encoded.failures,
        utterances_per_template=order.utterances,
        genuine=genuine.size,
        impostor=impostor.size,
        eer=eer,
        eer_threshold=threshold,
        points=tuple(at_fmr(target, genuine, impostor) for target in TARGETS),
        in_use=at_threshold(VoiceSettings.load().threshold, genuine, impostor),
        files={},
    )


def write(
    report: Report,
    folder: Path,
    compared: Sequence[Comparison],
    kinds: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Report:
    """Write everything into a folder; return the report with the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "report.json", folder / "scores.csv"]
    written += plot.save(folder, *kinds, report.points)
    report = replace(report, files={path.name: str(path) for path in written})
    written[0].write_text(json.dumps(report.json(), indent=1) + "\n", "utf-8")
    with written[1].open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("kind", "score", "template", "probe"))
        rows.writerows(map(_row, compared))
    return report


def _row(comparison: Comparison) -> tuple[str, str, str, str]:
    kind = "genuine" if comparison.genuine else "impostor"
    return kind, f"{comparison.score:.6f}", "|".join(comparison.template), comparison.probe
