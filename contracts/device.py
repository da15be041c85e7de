"""The port behind which every sensor and every simulator stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from contracts.sample import Modality, Sample


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A sensor that a driver found."""

    id: str
    driver: str
    modality: Modality
    label: str
    virtual: bool


@dataclass(frozen=True, slots=True)
class CaptureSpec:
    """What to capture: for voice, how long at the most, at which rate in Hz."""

    modality: Modality
    duration: timedelta = timedelta(seconds=5)
    rate: int = 16_000


Report = Callable[[float], None]
"""Called during a capture with the level so far, 0.0 to 1.0."""


class Device(Protocol):
    """An open sensor."""

    info: DeviceInfo

    def capture(self, spec: CaptureSpec, report: Report) -> Sample:
        """Take one sample. Raises Retry (ask the person) or DeviceError (tell the operator)."""
        ...


class Driver(Protocol):
    """Finds and opens the sensors of one make."""

    name: str
    modality: Modality
    virtual: bool

    def discover(self) -> Sequence[DeviceInfo]:
        """List the sensors that answer now."""
        ...

    def open(self, id: str) -> AbstractContextManager[Device]:
        """Open one sensor for captures. Raises DeviceError."""
        ...
