"""All sensors of one machine, whichever driver they stand behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from contracts.device import Device, DeviceInfo, Driver
from contracts.errors import DeviceError
from contracts.text import Text

logger = logging.getLogger(__name__)

Complain = Callable[[str, DeviceError], None]
"""Told the name of a driver that failed, and why."""


def log_failure(driver: str, error: DeviceError) -> None:
    """Write one line to the operator's log."""
    logger.warning("driver %s: %s %s", driver, error.public, error.detail)


class DeviceManager:
    """Lists and opens sensors; a device id is `<driver>:<name within the driver>`."""

    def __init__(self, drivers: Mapping[str, Driver], complain: Complain = log_failure) -> None:
        self._drivers = drivers
        self._complain = complain

    def discover(self) -> list[DeviceInfo]:
        """List every sensor that answers now; a driver that fails is reported and left out."""
        found: list[DeviceInfo] = []
        for name, driver in self._drivers.items():
            try:
                found.extend(driver.discover())
            except DeviceError as error:
                self._complain(name, error)
        return found

    def open(self, id: str) -> AbstractContextManager[Device]:
        """Open one sensor for captures. Raises DeviceError."""
        driver = self._drivers.get(id.partition(":")[0])
        if driver is None:
            raise DeviceError(Text("There is no sensor %(id)s.", {"id": id}))
        return driver.open(id)
