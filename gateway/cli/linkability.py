"""`gatehouse evaluate linkability`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from contracts.errors import Misconfigured
from gateway.cli import output
from gateway.cli.manifests import EXISTING, FOLDER
from gateway.cli.progress import bars


@click.command(epilog="Example: gatehouse evaluate linkability MANIFEST.csv --out results")
@click.argument("manifest", type=EXISTING)
@click.option("--out", type=FOLDER, default=Path("evaluation"), help="Folder of the results.")
@click.option("--root", type=FOLDER, help="Where the manifest's paths start; default: its folder.")
@click.option("--deployments", type=click.IntRange(1), default=50, help="Pairs of deployments.")
@click.option("--seed", type=int, default=1, help="What the deployments' secrets are made of.")
@output.as_json
def linkability(
    manifest: Path, out: Path, root: Path | None, deployments: int, seed: int, as_json: bool
) -> None:
    """Try to link people between deployments by their protected voiceprints; print D_sys.

    MANIFEST is a CSV file with the columns file and subject. Results are
    linkability.json and linkability.png.
    """
    try:
        from gateway.evaluation import linking  # noqa: PLC0415  # brings numpy along
    except ImportError as error:
        needs = "evaluation needs more parts: pip install 'gatehouse[evaluate]'"
        raise Misconfigured(detail=needs) from error
    with bars() as report:
        found = linking.run(
            linking.Order(manifest, root or manifest.parent, deployments, seed), out, report
        )
    click.echo(json.dumps(found.json(), indent=1) if as_json else "\n".join(found.lines()))
