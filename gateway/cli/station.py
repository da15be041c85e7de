"""`gatehouse station`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import asking, every


@click.group()
def station() -> None:
    """Kiosks that may upload captures."""


@station.command(epilog='Example: gatehouse station add "Front desk"')
@click.argument("name")
@output.as_json
def add(name: str, as_json: bool) -> None:
    """Register a kiosk; the code pairs it, once, with a key that never leaves it."""
    with asking() as ask:
        output.row(ask("stations.add", name=name), as_json)


@station.command("list", epilog="Example: gatehouse station list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the kiosks, and when each was last seen."""
    with asking() as ask:
        output.rows(list(every(ask, "stations.list", "stations")), as_json)


@station.command(epilog="Example: gatehouse station revoke $STATION")
@click.argument("station")
@output.as_json
def revoke(station: str, as_json: bool) -> None:
    """Believe a kiosk no more: what it uploads is refused from now on."""
    with asking() as ask:
        output.row(ask("stations.revoke", station=station), as_json)
