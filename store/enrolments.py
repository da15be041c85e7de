"""The right to add factors to one account for a while, without a session of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from store.handles import new_handle
from store.models import enrolments, is_active
from store.work import Work


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Whose factors are being added, and at which station."""

    account_id: str
    station_id: str | None


class Enrolments:
    """Keeps enrolments under the keyed hash of their handle."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self, account_id: str, station_id: str | None, lifetime: timedelta) -> str:
        """Begin an enrolment and return its handle."""
        handle, now = new_handle(), self._work.now()
        row = {
            "handle_hash": self._hash(handle),
            "account_id": account_id,
            "station_id": station_id,
            "created_at": now,
            "expires_at": now + lifetime,
        }
        self._work.connection.execute(enrolments.insert(), row)
        return handle

    def find(self, handle: str) -> Enrolment | None:
        """Return an enrolment; None where unknown, over, expired or disabled."""
        query = select(enrolments.c.account_id, enrolments.c.station_id).where(
            enrolments.c.handle_hash == self._hash(handle),
            enrolments.c.expires_at > self._work.now(),
            is_active(enrolments.c.account_id),
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else Enrolment(row.account_id, row.station_id)

    def close(self, handle: str) -> None:
        """End an enrolment."""
        mine = enrolments.c.handle_hash == self._hash(handle)
        self._work.connection.execute(enrolments.delete().where(mine))

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("enrolment", handle)
