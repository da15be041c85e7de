"""`gatehouse evaluate linkability`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gateway.cli import output
from gateway.cli.manifests import listed, needs_evaluate, results
from gateway.cli.progress import bars


@click.command(epilog="Example: gatehouse evaluate linkability MANIFEST.csv --out results")
@listed
@results
@click.option("--deployments", type=click.IntRange(1), default=50, help="Pairs of deployments.")
@click.option("--seed", type=int, default=1, help="What the deployments' secrets are made of.")
@output.as_json
def linkability(
    manifest: Path, out: Path, root: Path, deployments: int, seed: int, as_json: bool
) -> None:
    """Try to link people between deployments by their protected voiceprints; print D_sys.

    MANIFEST is a CSV file with the columns file and subject. Results are
    linkability.json and linkability.png.
    """
    with needs_evaluate():
        from gateway.evaluation import linking  # noqa: PLC0415  # brings numpy along
    with bars() as report:
        found = linking.run(linking.Order(manifest, root, deployments, seed), out, report)
    click.echo(json.dumps(found.json(), indent=1) if as_json else "\n".join(found.lines()))
