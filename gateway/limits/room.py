"""How limits, and the work that is asked for, are built from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.limits.demand import Demand
from gateway.limits.strain import Bounds
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.rooms import Parts


def bounds(settings: Settings) -> Bounds:
    """Return what the house bears."""
    return Bounds(
        wrong=settings.failures_per_source,
        names=settings.names_per_source,
        names_everywhere=settings.names_per_hour,
        hashings=settings.hashings_per_minute,
        enabled=settings.limits == "on",
    )


def demand(parts: Parts, **own: int) -> Demand:
    """Build what asks for work; `own` are the counters of one form, and when it begins to ask."""
    return Demand(parts.store, parts.clock, bounds(parts.settings), own=own)
