"""`gatehouse evaluate`: error rates of biometric factors on one's own recordings."""

from __future__ import annotations

import json
from pathlib import Path

import click

from contracts.errors import Misconfigured
from gateway.cli import output
from gateway.cli.progress import bars

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(epilog="Example: gatehouse evaluate voice MANIFEST.csv")
def evaluate() -> None:
    """Measure how well a biometric factor recognises people."""


@evaluate.command("voice", epilog="Example: gatehouse evaluate voice MANIFEST.csv --out results")
@click.argument("manifest", type=EXISTING)
@click.option("--out", type=FOLDER, default=Path("evaluation"), help="Folder of the results.")
@click.option("--root", type=FOLDER, help="Where the manifest's paths start; default: its folder.")
@click.option("--utterances", type=click.IntRange(1), default=1, help="Recordings per template.")
@output.as_json
def voice(manifest: Path, out: Path, root: Path | None, utterances: int, as_json: bool) -> None:
    """Print EER and FNMR at FMR 1e-3 and 1e-4; write a DET plot and all scores.

    MANIFEST is a CSV file with the columns file, subject and session. Results are report.json,
    scores.csv, det.png and det.svg.
    """
    try:
        from gateway.evaluation import Order, run  # noqa: PLC0415  # brings numpy along
    except ImportError as error:
        needs = "evaluation needs more parts: pip install 'gatehouse[evaluate]'"
        raise Misconfigured(detail=needs) from error
    with bars() as report:
        found = run(Order(manifest, root or manifest.parent, utterances), out, report)
    click.echo(json.dumps(found.json(), indent=1) if as_json else "\n".join(found.lines()))
