"""How limits, and the work that is asked for, are built from the settings."""

from __future__ import annotations

from gateway.limits.demand import Demand
from gateway.limits.strain import Bounds
from gateway.parts import Parts
from gateway.settings import Settings


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
