"""`gatehouse evaluate attacks`: train and judge the detection of presentation attacks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from gateway.cli import output
from gateway.cli.manifests import EXISTING, listed, needs_evaluate, results
from gateway.cli.progress import bars


@click.command("attacks", epilog="Example: gatehouse evaluate attacks MANIFEST.csv --out results")
@listed
@results
@click.option(
    "--aasist", type=EXISTING, metavar="FILE", help="Judge this network instead: ONNX, as AASIST."
)
@output.as_json
def attacks(manifest: Path, out: Path, root: Path, aasist: Path | None, as_json: bool) -> None:
    """Train a detector and judge it on people held out (ISO/IEC 30107-3).

    MANIFEST is a CSV file with the columns file, subject and licence; what is trained on is under a
    licence that begins with CC BY. espeak-ng, flite and festival must be installed. Results are
    detector.json, voice-attacks.md and voice-attacks-det.png. What was heard is kept in the folder
    for the next run: recordings of people, so delete it when you are done.

    With --aasist nothing is trained: that network judges everything, and results are aasist.json,
    aasist.md with the settings that follow, and aasist-det.png.
    """
    with needs_evaluate():
        from gateway.evaluation.attacks import brought  # noqa: PLC0415  # brings numpy along
        from gateway.evaluation.attacks.report import write  # noqa: PLC0415
        from gateway.evaluation.attacks.run import run  # noqa: PLC0415
    with bars() as report:
        if aasist:
            judged = brought.run(manifest, root, out / "heard", aasist, report)
            _tell(judged.json(), [*judged.lines(), *brought.write(judged, out)], as_json)
            return
        found = run(manifest, root, out / "heard", report)
    _tell(found.json(), [*found.lines(), *write(found, out)], as_json)


def _tell(found: dict[str, Any], lines: Iterable[object], as_json: bool) -> None:
    without = {name: part for name, part in found.items() if name != "weights"}
    click.echo(json.dumps(without) if as_json else "\n".join(map(str, lines)))
