"""Deletes what has had its time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Table

from store import models
from store.work import Work

ENDS = {
    models.ceremonies: "expires_at",
    models.logins: "expires_at",
    models.sessions: "expires_at",
    models.interactions: "expires_at",
    models.pushed_requests: "expires_at",
    models.device_codes: "expires_at",
    models.backchannel_requests: "expires_at",
    models.initial_access_tokens: "expires_at",
    models.grants: "expires_at",
    models.outbox: "expires_at",
    models.once: "expires_at",
    models.tickets: "expires_at",
    models.enrolments: "expires_at",
    models.limits: "resets_at",
    models.stations: "pairing_expires_at",
    models.signing_keys: "retires_at",
}


class Retention:
    """Purges short-lived rows; codes and refresh tokens go with their grant."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def purge(self, now: datetime) -> dict[str, int]:
        """Delete every row whose time is over; return how many by table."""
        return {table.name: self._delete(table, end, now) for table, end in ENDS.items()}

    def _delete(self, table: Table, end: str, now: datetime) -> int:
        return self._work.connection.execute(table.delete().where(table.c[end] <= now)).rowcount
