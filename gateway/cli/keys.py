"""`gatehouse keys`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import asking


@click.group()
def keys() -> None:
    """The keys that sign tokens."""


@keys.command("list", epilog="Example: gatehouse keys list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the published keys."""
    with asking() as ask:
        output.rows(ask("keys.list")["keys"], as_json)


@keys.command(epilog="Example: gatehouse keys rotate")
@output.as_json
def rotate(as_json: bool) -> None:
    """Publish the next keys; they sign once every cached key set has them."""
    with asking() as ask:
        output.rows(ask("keys.rotate")["keys"], as_json)


@keys.command(epilog="Example: gatehouse keys revoke $KID")
@click.argument("kid")
@output.as_json
def revoke(kid: str, as_json: bool) -> None:
    """Withdraw a key that strangers may hold, with every token it signed."""
    with asking() as ask:
        output.rows(ask("keys.revoke", kid=kid)["keys"], as_json)
