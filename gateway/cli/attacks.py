"""`gatehouse evaluate attacks`: train and judge the detection of presentation attacks."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gateway.cli import output
from gateway.cli.manifests import listed, needs_evaluate, results
from gateway.cli.progress import bars


@click.command("attacks", epilog="Example: gatehouse evaluate attacks MANIFEST.csv --out results")
@listed
@results
@output.as_json
def attacks(manifest: Path, out: Path, root: Path, as_json: bool) -> None:
    """Train a detector and judge it on people held out (ISO/IEC 30107-3).

    MANIFEST is a CSV file with the columns file, subject and licence; what is trained on is under a
    licence that begins with CC BY. espeak-ng, flite and festival must be installed. Results are
    detector.json, voice-attacks.md and voice-attacks-det.png. What was heard is kept in the folder
    for the next run: recordings of people, so delete it when you are done.
    """
    with needs_evaluate():
        from gateway.evaluation.attacks.report import write  # noqa: PLC0415  # brings numpy along
        from gateway.evaluation.attacks.run import run  # noqa: PLC0415
    with bars() as report:
        found = run(manifest, root, out / "heard", report)
    paths = write(found, out)
    if as_json:
        click.echo(
            json.dumps({name: part for name, part in found.json().items() if name != "weights"})
        )
    else:
        click.echo("\n".join([*found.lines(), *map(str, paths)]))
