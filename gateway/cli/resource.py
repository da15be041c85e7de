"""`gatehouse resource`."""

from __future__ import annotations

import json
from typing import IO, Any

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.cli import output
from gateway.cli.asking import Given, asking, every


@click.group()
def resource() -> None:
    """Protected resources: the APIs and tools that tokens can be meant for."""


@resource.command(
    epilog='Example: gatehouse resource add https://tools.example.org/mcp --scope "read write" '
    "--open"
)
@click.argument("uri")
@click.option("--name", help="Name that people see; the URI where it is left out.")
@click.option("--scope", default="", help="What of a scope it understands.")
@click.option("--open", "open_", is_flag=True, help="Also for clients that no operator registered.")
@click.option(
    "--details",
    type=click.File(),
    help="JSON file that declares its types of authorization details (RFC 9396).",
)
@output.as_json
def add(
    uri: str, name: str | None, scope: str, *, open_: bool, details: IO[str] | None, as_json: bool
) -> None:
    """Register a resource: its URI is what clients send as `resource`, and the `aud` of tokens."""
    declared = _read(details) if details else {}
    with asking() as ask:
        made = ask("resources.add", uri=uri, name=name, scope=scope, open=open_, details=declared)
    output.row(_shown(made), as_json)


@resource.command("list", epilog="Example: gatehouse resource list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the resources."""
    with asking() as ask:
        found = [_shown(each) for each in every(ask, "resources.list", "resources")]
    output.rows(found, as_json)


@resource.command(
    epilog='Example: gatehouse resource change https://tools.example.org/mcp --scope "read"'
)
@click.argument("uri")
@click.option("--name", help="Name that people see.")
@click.option("--scope", help="What of a scope it understands.")
@click.option(
    "--open/--closed", "open_", default=None, help="Also for clients that no operator registered."
)
@click.option("--details", type=click.File(), help="JSON file that declares its types anew.")
@click.option("--version", type=click.IntRange(1), help="Only if it is still at this version.")
@output.as_json
def change(  # noqa: PLR0913 - each is an option
    uri: str,
    name: str | None,
    scope: str | None,
    *,
    open_: bool | None,
    details: IO[str] | None,
    version: int | None,
    as_json: bool,
) -> None:
    """Change what is said of a resource; what no option names stays as it is."""
    declared = _read(details) if details else None
    said = {"name": name, "scope": scope, "open": open_, "details": declared}
    with asking() as ask:
        seen = version or ask("resources.get", uri=uri)["version"]
        changed = ask("resources.update", uri=uri, version=seen, **said)
    output.row(_shown(changed), as_json)


@resource.command(epilog="Example: gatehouse resource remove https://tools.example.org/mcp")
@click.argument("uri")
def remove(uri: str) -> None:
    """Remove a resource: nobody gets a token for it any more."""
    with asking() as ask:
        ask("resources.remove", uri=uri)
    click.echo(f"Removed {uri}.")


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        found = json.load(file)
    except ValueError as error:
        raise BadRequest(Text("The file is not JSON.")) from error
    if not isinstance(found, dict):
        raise BadRequest(Text("The file must hold an object: types by their names."))
    return found


def _shown(found: Given) -> output.Row:
    kept = {name: found[name] for name in ("uri", "name", "scope", "open")}
    return {**kept, "authorization_details_types": list(found["details"])}
