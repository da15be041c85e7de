"""Finds the drivers: the modules of `hardware.drivers`, and strangers' by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Protocol, cast

from pydantic_settings import BaseSettings

from contracts.clock import Clock, SystemClock
from contracts.device import Driver
from contracts.errors import Misconfigured
from contracts.text import Text
from hardware import drivers

GROUP = "gatehouse.drivers"
SYSTEM_CLOCK = SystemClock()


class DriverModule(Protocol):
    """What a driver's module, or the object an entry point names, must have."""

    SETTINGS: type[BaseSettings]

    def build(self, clock: Clock) -> Driver:
        """Make the driver from its own settings."""
        ...


def load(*, simulators: bool, production: bool, clock: Clock = SYSTEM_CLOCK) -> dict[str, Driver]:
    """Return the drivers by name; virtual ones only where simulators are allowed.

    Raises Misconfigured where simulators are allowed in production, and where two drivers
    share a name.
    """
    if simulators and production:
        raise Misconfigured(
            Text("Simulated sensors are refused in production: unset GATEHOUSE_SIMULATORS.")
        )
    loaded: dict[str, Driver] = {}
    for module in _modules():
        driver = module.build(clock)
        if driver.virtual and not simulators:
            continue
        if driver.name in loaded:
            raise Misconfigured(Text("Two drivers are named %(name)s.", {"name": driver.name}))
        loaded[driver.name] = driver
    return loaded


def settings() -> list[type[BaseSettings]]:
    """Return the settings class of every driver, for the generated documentation."""
    return [module.SETTINGS for module in _modules()]


def _modules() -> Iterator[DriverModule]:
    for found in sorted(pkgutil.iter_modules(drivers.__path__), key=lambda found: found.name):
        yield cast(DriverModule, importlib.import_module(f"{drivers.__name__}.{found.name}"))
    for entry_point in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        yield cast(DriverModule, entry_point.load())
