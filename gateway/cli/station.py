"""`gatehouse station`."""

from __future__ import annotations

import click

from enrollment.stations import Stations
from gateway.cli import output
from gateway.cli.house import opened


@click.group()
def station() -> None:
    """Kiosks that may upload captures."""


@station.command(epilog='Example: gatehouse station add "Front desk"')
@click.argument("name")
@output.as_json
def add(name: str, as_json: bool) -> None:
    """Register a kiosk; the code pairs it, once, with a key that never leaves it."""
    with opened() as house:
        lifetime = house.settings.span("pairing")
        stations = Stations(house.store, house.clock, house.settings.issuer)
        code = stations.add(name, lifetime)
    output.row({"pairing_code": code, "valid_until": house.clock.now() + lifetime}, as_json)
