"""`gatehouse ticket`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import asking


@click.group()
def ticket() -> None:
    """One-time tickets to enrol at a kiosk or at home."""


@ticket.command(epilog="Example: gatehouse ticket add alice")
@click.argument("user")
@output.as_json
def add(user: str, as_json: bool) -> None:
    """Give USER a ticket; whoever holds it enrols for that account, once."""
    with asking() as ask:
        person = ask("people.find", username=user)["id"]
        output.row(ask("tickets.issue", person=person), as_json)
