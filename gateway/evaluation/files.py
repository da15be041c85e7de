"""The files of a report: scores, JSON, page and plots."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import repeat
from pathlib import Path

from gateway.evaluation import plot
from gateway.evaluation.compare import Scores
from gateway.evaluation.measure import Case
from gateway.evaluation.operating import Judged
from gateway.evaluation.page import render
from gateway.evaluation.report import Report

COLUMNS = ("engine", "condition", "kind", "score", "ratio", "template", "probe")
Write = Callable[[Case, Scores, Judged | None], None]


@contextmanager
def scores(folder: Path) -> Iterator[Write]:
    """Open `scores.csv`; yield what adds the comparisons of one case, as they come."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "scores.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        yield lambda case, scored, judged: rows.writerows(_rows(case, scored, judged))


def _rows(case: Case, scored: Scores, judged: Judged | None) -> Iterator[tuple[str, ...]]:
    """Yield one row per comparison; a template is named by its recordings."""
    names = [each.name for each in scored.enrolled.utterances]
    templates = ["|".join(names[row] for row in each.rows) for each in scored.templates]
    probes = [each.name for each in scored.probes.utterances]
    ratios = judged.ratios if judged else repeat(None)
    columns = scored.genuine, scored.score, ratios, scored.template, scored.probe
    for genuine, score, ratio, template, probe in zip(*columns, strict=False):
        kind = "genuine" if genuine else "impostor"
        natural = "" if ratio is None else f"{ratio:.4f}"
        about = case.engine, case.condition, kind, f"{score:.6f}", natural
        yield *about, templates[template], probes[probe]


def write(report: Report, folder: Path) -> Report:
    """Write everything else beside the scores; return the report with the paths."""
    names = ("report.html", "report.json", "scores.csv", "det.png", "histogram.png")
    written = replace(report, files={name: str(folder / name) for name in names})
    plot.det(folder / "det.png", report.results)
    plot.histograms(folder / "histogram.png", report.results)
    (folder / "report.json").write_text(json.dumps(written.json(), indent=1) + "\n", "utf-8")
    (folder / "report.html").write_text(render(report), "utf-8")
    return written
