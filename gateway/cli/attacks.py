"""`gatehouse evaluate attacks`: train and judge the detection of presentation attacks."""

from __future__ import annotations

import json
from pathlib import Path

import click

from contracts.errors import Misconfigured
from gateway.cli import output
from gateway.cli.manifests import EXISTING, FOLDER
from gateway.cli.progress import bars


@click.command("attacks", epilog="Example: gatehouse evaluate attacks MANIFEST.csv --out results")
@click.argument("manifest", type=EXISTING)
@click.option("--out", type=FOLDER, default=Path("evaluation"), help="Folder of the results.")
@click.option("--root", type=FOLDER, help="Where the manifest's paths start; default: its folder.")
@click.option("--train", is_flag=True, required=True, help="Train a detector and judge that.")
@output.as_json
def attacks(manifest: Path, out: Path, root: Path | None, train: bool, as_json: bool) -> None:  # noqa: ARG001  # says what is done
    """Report APCER for each species of attack and BPCER (ISO/IEC 30107-3), people held out.

    MANIFEST is a CSV file with the columns file, subject and licence; what is trained on is under a
    licence that begins with CC BY. espeak-ng, flite and festival must be installed. Results are
    detector.json, voice-attacks.md and voice-attacks-det.png. What was heard is kept in the folder
    for the next run: recordings of people, so delete it when you are done.
    """
    try:
        from gateway.evaluation.attacks.report import write  # noqa: PLC0415  # brings numpy along
        from gateway.evaluation.attacks.run import run  # noqa: PLC0415
    except ImportError as error:
        needs = "evaluation needs more parts: pip install 'gatehouse[evaluate]'"
        raise Misconfigured(detail=needs) from error
    with bars() as report:
        found = run(manifest, root or manifest.parent, out / "heard", report)
    paths = write(found, out)
    if as_json:
        click.echo(
            json.dumps({name: part for name, part in found.json().items() if name != "weights"})
        )
    else:
        click.echo("\n".join([*found.lines(), *map(str, paths)]))
