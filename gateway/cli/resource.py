"""`gatehouse resource`."""

from __future__ import annotations

import json
from typing import IO, Any

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.cli import output
from gateway.cli.house import opened
from gateway.resources import Registration, register
from store.resources import Resource


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
    wanted = Registration(uri=uri, name=name, scope=scope, open=open_, details=declared)
    with opened() as house:
        made = register(house.store, house.clock, wanted)
    output.row(_shown(made), as_json)


@resource.command("list", epilog="Example: gatehouse resource list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the resources."""
    with opened() as house, house.store.read() as tx:
        output.rows([_shown(found) for found in tx.resources.list()], as_json)


@resource.command(epilog="Example: gatehouse resource remove https://tools.example.org/mcp")
@click.argument("uri")
def remove(uri: str) -> None:
    """Remove a resource: nobody gets a token for it any more."""
    with opened() as house, house.store.write() as tx:
        if not tx.resources.remove(uri):
            raise BadRequest(Text("There is no resource %(uri)s.", {"uri": uri}))
        tx.audit.add("resource.removed", detail={"resource": uri})
    click.echo(f"Removed {uri}.")


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        found = json.load(file)
    except ValueError as error:
        raise BadRequest(Text("The file is not JSON.")) from error
    if not isinstance(found, dict):
        raise BadRequest(Text("The file must hold an object: types by their names."))
    return found


def _shown(found: Resource) -> output.Row:
    return {
        "uri": found.uri,
        "name": found.name,
        "scope": found.scope,
        "open": found.open,
        "authorization_details_types": list(found.authorization_details),
    }
