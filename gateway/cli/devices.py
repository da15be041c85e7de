"""`gatehouse devices`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.settings import load
from hardware import registry
from hardware.manager import DeviceManager


@click.group()
def devices() -> None:
    """Sensors on this machine."""


@devices.command(
    "list",
    epilog="Example: GATEHOUSE_ENV=development GATEHOUSE_SIMULATORS=1 gatehouse devices list",
)
@output.as_json
def list_(as_json: bool) -> None:
    """List the sensors that answer now."""
    settings = load()
    drivers = registry.load(simulators=settings.simulators, production=settings.env == "production")
    found = DeviceManager(drivers).discover()
    output.rows(
        [
            {"id": each.id, "kind": each.modality, "label": each.label, "virtual": each.virtual}
            for each in found
        ],
        as_json,
    )
