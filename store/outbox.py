"""Messages that leave only if the transaction that wrote them commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from store import once
from store.handles import new_id
from store.models import outbox
from store.work import Work

BATCH = 20

MESSAGE = "message"
"""The kind of message that goes to a person: `channel`, `to`, `subject`, `text`."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message; its id stays the same over retries, `attempts` counts this one."""

    id: str
    kind: str
    payload: dict[str, Any] = field(repr=False)
    attempts: int


class Outbox:
    """Keeps messages until they are delivered or expire; payloads are sealed JSON."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, kind: str, payload: Mapping[str, Any], lifetime: timedelta) -> str:
        """Write a message and return its id."""
        message_id, now = new_id(), self._work.now()
        sealed = self._work.vault.seal_json(_context(message_id), payload)
        row = {
            "id": message_id,
            "kind": kind,
            "payload": sealed,
            "created_at": now,
            "due_at": now,
            "expires_at": now + lifetime,
            "attempts": 0,
        }
        self._work.connection.execute(outbox.insert(), row)
        return message_id

    def kinds(self, now: datetime) -> Sequence[str]:
        """Return which kinds of messages are due; this is a read."""
        query = select(outbox.c.kind).where(_due(now)).distinct().order_by(outbox.c.kind)
        return self._work.connection.scalars(query).all()

    def waits(self, kind: str) -> bool:
        """Tell whether a message of this kind is there, due or under way."""
        alive = outbox.c.expires_at > self._work.now()
        query = select(outbox.c.id).where(outbox.c.kind == kind, alive).limit(1)
        return self._work.connection.execute(query).first() is not None

    def claim(
        self, now: datetime, lease: timedelta, kind: str | None = None
    ) -> Sequence[OutboxRow]:
        """Take some of the messages that are due, of one kind or of any.

        Nobody else gets them before the lease ends.
        """
        due = _due(now) if kind is None else and_(_due(now), outbox.c.kind == kind)
        first = select(outbox.c.id).where(due).order_by(outbox.c.due_at).limit(BATCH)
        statement = (
            outbox.update()
            .where(outbox.c.id.in_(first.with_for_update(skip_locked=True)), due)
            .values(due_at=now + lease, attempts=outbox.c.attempts + 1)
            .returning(*outbox.c)
        )
        rows = self._work.connection.execute(statement).all()
        return [self._open(row) for row in sorted(rows, key=lambda row: row.created_at)]

    def first(self, message_id: str) -> bool:
        """Tell whether no message of the same kind is older and still to be delivered."""
        mine = outbox.alias("mine")
        older = select(outbox.c.id).where(
            mine.c.id == message_id,
            outbox.c.kind == mine.c.kind,
            outbox.c.created_at < mine.c.created_at,
            outbox.c.expires_at > self._work.now(),
        )
        return self._work.connection.execute(older.limit(1)).first() is None

    def done(self, message_id: str) -> None:
        """Forget a delivered message."""
        self._work.connection.execute(outbox.delete().where(outbox.c.id == message_id))

    def take(self, message_id: str) -> bool:
        """Forget a message, for whoever turns it into something else; True for one caller alone."""
        return once.take(self._work.connection, outbox, outbox.c.id == message_id) is not None

    def retry(self, message_id: str, due_at: datetime) -> None:
        """Have a message claimed again from `due_at` on."""
        statement = outbox.update().where(outbox.c.id == message_id)
        self._work.connection.execute(statement.values(due_at=due_at))

    def _open(self, row: Row[Any]) -> OutboxRow:
        payload = self._work.vault.unseal_json(_context(row.id), row.payload)
        return OutboxRow(row.id, row.kind, payload, row.attempts)


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.due_at <= now, outbox.c.expires_at > now)


def _context(message_id: str) -> str:
    return f"outbox|{message_id}"
