"""`gatehouse ticket`."""

from __future__ import annotations

import click

from enrollment.tickets import Tickets
from gateway.cli import output
from gateway.cli.house import opened


@click.group()
def ticket() -> None:
    """One-time tickets to enrol at a kiosk or at home."""


@ticket.command(epilog="Example: gatehouse ticket add alice")
@click.argument("user")
@output.as_json
def add(user: str, as_json: bool) -> None:
    """Give USER a ticket; whoever holds it enrols for that account, once."""
    with opened() as house:
        lifetime = house.settings.span("ticket")
        made = Tickets(house.store).issue(user, lifetime)
    output.row({"ticket": made, "valid_until": house.clock.now() + lifetime}, as_json)
