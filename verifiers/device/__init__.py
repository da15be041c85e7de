"""Remembered device: a key that the browser made after a complete login and cannot hand out."""

from __future__ import annotations

from contracts.factor import Factor, Workshop
from verifiers.device.factor import Device
from verifiers.device.settings import DeviceSettings

ORDER = 90
SETTINGS = DeviceSettings


def build(workshop: Workshop) -> Factor | None:
    """Make the factor from the environment's settings; none where devices are not remembered."""
    settings = DeviceSettings.load()
    return Device(settings, workshop.clock, workshop.origin) if settings.enabled else None
