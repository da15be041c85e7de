"""`gatehouse admin`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO, Any

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin import openapi
from gateway.admin.api import BASE
from gateway.admin.roles import LONGEST
from gateway.admin.setup import Setup
from gateway.cli import output, remote_login, remote_tokens
from gateway.cli.asking import asking
from gateway.cli.house import opened
from gateway.cli.remote import catalogue, operation, show
from gateway.oidc import strict_json
from gateway.opening import make_factors

THERE_IS_ONE = Text("There is an admin who can log in. They give roles: gatehouse operator grant")
NO_VALUE = Text("%(given)s: write name=value")
NO_OBJECT = Text("What is given must be a JSON object: %(why)s")
EXAMPLE = "https://login.example.org"


@click.group()
def admin() -> None:
    """Operations by name, here or at another gateway, and the first admin.

    With GATEHOUSE_ADMIN_URL set, every command of operators is carried out there, as whoever
    has logged in with `gatehouse admin login`.
    """


@admin.command(epilog="Example: gatehouse admin link")
@output.as_json
def link(as_json: bool) -> None:
    """Print a new one-time link for the first admin; an older one stops working."""
    with opened() as house:
        factors = make_factors(house.settings, house.store, house.clock)
        setup = Setup(house.settings, house.store, house.clock, factors)
        if not setup.needed():
            raise BadRequest(THERE_IS_ONE)
        made = setup.link()
    output.row({"link": made.link, "valid_until": made.valid_until}, as_json)


@admin.command(epilog=f"Example: gatehouse admin login {EXAMPLE}")
@click.argument("issuer")
@click.option(
    "--max-age",
    type=click.IntRange(0),
    default=int(LONGEST.total_seconds()),
    help="How many seconds ago the login may have been.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port to come back to; 0: any."
)
def login(issuer: str, max_age: int, port: int) -> None:
    """Log in at a gateway elsewhere, to run commands for it.

    Prints an address to open in a browser; that comes back to a port of this machine. The session
    is kept in ~/.config/gatehouse, or in the folder that GATEHOUSE_ADMIN_HOME names.
    """
    session = remote_login.log_in(issuer.rstrip("/"), show, max_age=max_age, port=port)
    click.echo(f"Logged in at {session.issuer}. Now: export GATEHOUSE_ADMIN_URL={session.issuer}")


@admin.command(epilog=f"Example: gatehouse admin logout {EXAMPLE}")
@click.argument("issuer")
def logout(issuer: str) -> None:
    """Forget the session at a gateway elsewhere; its tokens are revoked."""
    remote_tokens.end(issuer.rstrip("/"))
    click.echo("Logged out.")


@admin.command(epilog="Example: gatehouse admin whoami --json")
@output.as_json
def whoami(as_json: bool) -> None:
    """Say who you are, and in what role."""
    with asking() as ask:
        output.row(ask("me.get"), as_json)


@admin.command("operations", epilog="Example: gatehouse admin operations --json")
@output.as_json
def operations_(as_json: bool) -> None:
    """List the operations that your role lets you call."""
    with asking() as ask:
        role = ask("me.get")["role"]
    found = [each for each in catalogue().values() if role in each.said.roles]
    listed = [{"name": each.name, "summary": each.summary} for each in found]
    output.rows(sorted(listed, key=lambda each: each["name"]), as_json)


@admin.command(epilog="Example: gatehouse admin call people.list username=ali limit=10")
@click.argument("name", metavar="OPERATION")
@click.argument("members", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--json", "file", type=click.File(), help="JSON object with the members; -: stdin.")
def call(name: str, members: Sequence[str], file: IO[str] | None) -> None:
    """Call any operation by its name and print what it gives as JSON.

    A list is written by naming its member again for each of its values.
    """
    given = _object(file) if file else {}
    taken = {**given, **_written(members, openapi.lists(operation(name).takes))}
    with asking() as ask:
        output.row(ask(name, **taken), as_json=True)


@admin.command("openapi", epilog="Example: gatehouse admin openapi > openapi.json")
@click.option("--issuer", default=EXAMPLE, show_default=True, help="Whose API is described.")
def openapi_(issuer: str) -> None:
    """Print the description of the admin API (OpenAPI 3.1)."""
    click.echo(json.dumps(openapi.document(catalogue(), issuer + BASE), indent=1))


def _object(file: IO[str]) -> dict[str, Any]:
    try:
        return strict_json.parse_object(file.read().encode())
    except ValueError as error:
        raise BadRequest(Text(NO_OBJECT.message, {"why": str(error)})) from error


def _written(members: Sequence[str], lists: frozenset[str]) -> dict[str, Any]:
    """Read `name=value` arguments; of a name that is no list the last one counts."""
    found: dict[str, Any] = {}
    for each in members:
        name, separator, value = each.partition("=")
        if not separator:
            raise BadRequest(Text(NO_VALUE.message, {"given": each}))
        found[name] = [*found.get(name, ()), value] if name in lists else value
    return found
