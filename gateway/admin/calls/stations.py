"""Kiosks: announced with a code that pairs each once, seen, and believed no more."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.errors import BadRequest
from contracts.text import Text
from enrollment import stations
from gateway.admin.actor import Actor
from gateway.admin.operation import Model, Paged, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from store import Station, Transaction

OPERATOR = at_least(Role.OPERATOR)


class Which(Model):
    """One kiosk."""

    station: str = Field(pattern=r"^[0-9a-f]{32}$", description="Id of the kiosk")


class Name(Model):
    """What a kiosk is called."""

    name: str = Field(
        min_length=1,
        max_length=128,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Where it stands, for example",
    )


class Kiosk(Model):
    """A kiosk; one that waits has not been paired, and a revoked one is believed no more."""

    id: str
    name: str
    state: Literal["waiting", "paired", "revoked"]
    created_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None


class Found(Model):
    """Some kiosks; `next` begins the next page, empty where there is none."""

    stations: list[Kiosk]
    next: str


class Announced(Model):
    """The code pairs the kiosk once; it is told here and never again."""

    pairing_code: str
    valid_until: datetime


class Stations:
    """What can be done with kiosks."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._clock = tools.clock
        self._lifetime = tools.settings.span("pairing")
        self._stations = stations.Stations(tools.store, tools.clock, tools.settings.issuer)

    @operation("GET", "/stations")
    def list(self, actor: Actor, page: Paged) -> Found:
        """List kiosks by name, a page at a time."""
        with self._store.read() as tx:
            found = tx.stations.page(after=page.after, limit=page.limit + 1)
        kiosks = [_kiosk(station) for station in found[: page.limit]]
        more = len(found) > page.limit
        return Found(stations=kiosks, next=kiosks[-1].name if more else "")

    @operation("POST", "/stations", roles=OPERATOR)
    def add(self, actor: Actor, name: Name) -> Announced:
        """Register a kiosk; the code pairs it, once, with a key that never leaves it."""
        code = self._stations.add(name.name, self._lifetime)
        return Announced(pairing_code=code, valid_until=self._clock.now() + self._lifetime)

    @operation("POST", "/stations/{station}/revoke", roles=OPERATOR)
    def revoke(self, actor: Actor, which: Which) -> Kiosk:
        """Believe a kiosk no more: what it uploads is refused from now on."""
        with self._store.write() as tx:
            held = _station(tx, which.station)
            if held.revoked_at is None:
                tx.stations.revoke(held.id)
                tx.audit.add("station.revoked", source=held.id, detail={"name": held.name})
            return _kiosk(_station(tx, held.id))


def _station(tx: Transaction, station_id: str) -> Station:
    found = tx.stations.get(station_id)
    if found is None:
        raise BadRequest(Text("There is no such kiosk."))
    return found


def _kiosk(station: Station) -> Kiosk:
    paired = "waiting" if station.public_key is None else "paired"
    return Kiosk(
        id=station.id,
        name=station.name,
        state="revoked" if station.revoked_at else paired,
        created_at=station.created_at,
        last_seen_at=station.last_seen_at,
        revoked_at=station.revoked_at,
    )
