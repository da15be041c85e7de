"""Kiosks: each has a key of its own that signs what it uploads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from contracts.errors import Conflict
from contracts.text import Text
from store import once
from store.handles import new_id, new_typed, typed
from store.models import stations
from store.work import Work


@dataclass(frozen=True, slots=True)
class Station:
    """A kiosk; `public_key` is its JWK once it is paired."""

    id: str
    name: str
    public_key: dict[str, Any] | None
    created_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None

    @property
    def active(self) -> bool:
        """Tell whether its uploads may be believed."""
        return self.public_key is not None and self.revoked_at is None


class Stations:
    """Keeps stations."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, name: str, lifetime: timedelta) -> str:
        """Announce a station; return its pairing code. Raises Conflict where the name is taken."""
        code, now = new_typed(), self._work.now()
        row = {
            "id": new_id(),
            "name": name,
            "pairing_hash": self._hash(code),
            "pairing_expires_at": now + lifetime,
            "created_at": now,
        }
        if not once.add(self._work.connection, stations, row):
            raise Conflict(Text("This name is taken."))
        return code

    def pair(self, code: str, public_jwk: Mapping[str, Any]) -> str | None:
        """Spend a pairing code on a public key; return the station's id to one caller."""
        values = {"public_key": dict(public_jwk), "pairing_hash": None, "pairing_expires_at": None}
        row = once.change(
            self._work.connection,
            stations,
            values,
            stations.c.pairing_hash == self._hash(code),
            stations.c.pairing_expires_at > self._work.now(),
            stations.c.revoked_at.is_(None),
        )
        return None if row is None else str(row.id)

    def get(self, station_id: str) -> Station | None:
        """Return a station, active or not."""
        query = select(*_COLUMNS).where(stations.c.id == station_id)
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else _station(row)

    def revoke(self, station_id: str) -> bool:
        """Believe a station no more."""
        return self._change({"revoked_at": self._work.now()}, station_id)

    def seen(self, station_id: str) -> None:
        """Note that a station answered."""
        self._change({"last_seen_at": self._work.now()}, station_id)

    def page(self, *, after: str, limit: int) -> Sequence[Station]:
        """Return so many stations by name, those behind `after`."""
        query = select(*_COLUMNS).where(stations.c.name > after).order_by(stations.c.name)
        return [_station(row) for row in self._work.connection.execute(query.limit(limit))]

    def _change(self, values: Mapping[str, Any], station_id: str) -> bool:
        mine = stations.c.id == station_id
        return once.change(self._work.connection, stations, values, mine) is not None

    def _hash(self, code: str) -> str:
        return self._work.vault.digest("pairing", typed(code))


_COLUMNS = [stations.c[name] for name in Station.__dataclass_fields__]


def _station(row: Row[Any]) -> Station:
    return Station(**row._mapping)
