"""How long a device's codes live and how often people may mistype them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """`limited` says whether entries are counted; a browser's window is the life of a code."""

    lifetime: timedelta = timedelta(minutes=10)
    limited: bool = True
    per_browser: int = 5
    per_source: int = 100
    per_hour: int = 1000
