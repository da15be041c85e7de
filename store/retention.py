"""Deletes what has had its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Table, func, select

from store import models
from store.clients import DOCUMENT
from store.credentials import Credentials
from store.work import Work

UNUSED = timedelta(hours=1)
"""Anyone can make us fetch a document; a client that nobody uses is forgotten after this."""
USES = (
    *(models.grants, models.consents, models.interactions, models.pushed_requests),
    *(models.device_codes, models.backchannel_requests),
)

ENDS = {
    models.ceremonies: "expires_at",
    models.logins: "expires_at",
    models.sessions: "expires_at",
    models.interactions: "expires_at",
    models.pushed_requests: "expires_at",
    models.device_codes: "forget_at",
    models.backchannel_requests: "forget_at",
    models.initial_access_tokens: "expires_at",
    models.grants: "expires_at",
    models.ended_statuses: "expires_at",
    models.outbox: "expires_at",
    models.once: "expires_at",
    models.tickets: "expires_at",
    models.enrolments: "expires_at",
    models.signups: "expires_at",
    models.limits: "resets_at",
    models.recoveries: "ends_at",
    models.recovery_walks: "expires_at",
    models.known_browsers: "expires_at",
    models.stations: "pairing_expires_at",
    models.setups: "expires_at",
    models.webhook_deliveries: "expires_at",
    models.stream_events: "expires_at",
    models.voice_notes: "expires_at",
    models.voice_calls: "expires_at",
}


class Retention:
    """Purges short-lived rows; codes and refresh tokens go with their grant."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def purge(self, now: datetime) -> dict[str, int]:
        """Delete every row whose time is over; return how many by table."""
        ended = {table.name: self._delete(table, end, now) for table, end in ENDS.items()}
        expired = Credentials(self._work).expire(now)
        documents = self._unused_documents(now)
        return {**ended, models.credentials.name: expired, models.clients.name: documents}

    def rows(self) -> dict[str, int]:
        """Return how many rows each table has."""
        tables = models.metadata.sorted_tables
        counts = {table.name: select(func.count()).select_from(table) for table in tables}
        return {
            name: self._work.connection.execute(count).scalar_one()
            for name, count in counts.items()
        }

    def _delete(self, table: Table, end: str, now: datetime) -> int:
        return self._work.connection.execute(table.delete().where(table.c[end] <= now)).rowcount

    def _unused_documents(self, now: datetime) -> int:
        client = models.clients.c
        used = [client.id.not_in(select(table.c.client_id)) for table in USES]
        statement = models.clients.delete().where(
            client.source == DOCUMENT, client.created_at <= now - UNUSED, *used
        )
        return self._work.connection.execute(statement).rowcount
