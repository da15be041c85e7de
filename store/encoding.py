"""Values of the contracts as JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from contracts.assurance import AuthEvent, Requirement
from contracts.factor import Channel, Kind, Proof
from store.models import EPOCH, MICROSECOND

Json = dict[str, Any]
_LISTS = ("acr_values", "ui_locales", "essential_acr")


def dump_events(events: Iterable[AuthEvent]) -> Sequence[Json]:
    """Return the events as JSON values; `at` in microseconds since the epoch."""
    return [_dump_event(event) for event in events]


def load_events(values: Iterable[Json]) -> tuple[AuthEvent, ...]:
    """Return the events that `dump_events` wrote."""
    return tuple(_load_event(value) for value in values)


def dump_requirement(requirement: Requirement) -> Json:
    """Return the requirement as a JSON value; `not_before` in ISO 8601."""
    not_before = requirement.not_before
    return {
        **asdict(requirement),
        **{name: list(getattr(requirement, name)) for name in _LISTS},
        "not_before": not_before.isoformat() if not_before else None,
    }


def load_requirement(value: Mapping[str, Any]) -> Requirement:
    """Return the requirement that `dump_requirement` wrote."""
    not_before = value["not_before"]
    instant = datetime.fromisoformat(not_before) if not_before else None
    lists = {name: tuple(value.get(name, ())) for name in _LISTS}
    return Requirement(**{**value, **lists, "not_before": instant})


def tupled(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a JSON object, its lists as the tuples that they were."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }


def _dump_event(event: AuthEvent) -> Json:
    return {
        "factor": event.factor,
        "kinds": sorted(event.kinds),
        "amr": list(event.amr),
        "proof": asdict(event.proof),
        "at": (event.at - EPOCH) // MICROSECOND,
    }


def _load_event(value: Json) -> AuthEvent:
    return AuthEvent(
        factor=value["factor"],
        kinds=frozenset(Kind(kind) for kind in value["kinds"]),
        amr=tuple(value["amr"]),
        proof=_load_proof(value["proof"]),
        at=EPOCH + value["at"] * MICROSECOND,
    )


def _load_proof(value: Json) -> Proof:
    channel = value["address_code"]
    return Proof(**{**value, "address_code": Channel(channel) if channel else None})
