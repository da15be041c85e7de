"""What a receiver has not yet taken, in the order in which it was put there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from store.handles import new_id
from store.models import stream_events
from store.outbox import Outbox
from store.streams import ENABLED, PUSH, Stream
from store.work import Work

WAKE = "stream"
"""The kind of message that has a stream pushed: `stream_id`."""
KEPT = timedelta(days=7)
"""How long a receiver may be away before it misses anything."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event for a receiver; its `jti` and its time stay the same however often it is sent."""

    jti: str
    payload: dict[str, Any] = field(repr=False)
    created_at: datetime


class StreamEvents:
    """Keeps what waits in streams; payloads are sealed JSON."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, stream: Stream, payload: Mapping[str, Any], *, control: bool = False) -> str:
        """Add an event to a stream, and have it pushed where that is how it goes out.

        What is `control` is told whatever the status of the stream. Returns its `jti`.
        """
        jti, now = new_id(), self._work.now()
        row = {
            "stream_id": stream.id,
            "jti": jti,
            "payload": self._work.vault.seal_json(_context(jti), payload),
            "control": control,
            "created_at": now,
            "expires_at": now + KEPT,
        }
        self._work.connection.execute(stream_events.insert(), row)
        self.wake(stream)
        return jti

    def wake(self, stream: Stream) -> None:
        """Have what waits pushed, where that is how it goes out."""
        if stream.method == PUSH:
            Outbox(self._work).put(WAKE, {"stream_id": stream.id}, KEPT)

    def waiting(self, stream: Stream, limit: int) -> Sequence[Waiting]:
        """Return what a receiver is to be told next, the oldest first."""
        mine = [stream_events.c.stream_id == stream.id]
        mine.append(stream_events.c.expires_at > self._work.now())
        if stream.status != ENABLED:
            mine.append(stream_events.c.control)
        query = select(stream_events).where(*mine).order_by(stream_events.c.id).limit(limit)
        return [self._open(row) for row in self._work.connection.execute(query)]

    def count(self, stream_id: str) -> int:
        """Return how much waits in a stream."""
        query = select(func.count()).where(stream_events.c.stream_id == stream_id)
        return self._work.connection.execute(query).scalar_one()

    def taken(self, stream_id: str, jtis: Collection[str]) -> Sequence[str]:
        """Forget what a receiver has taken; return what of it had been waiting in its stream."""
        mine: ColumnElement[bool] = stream_events.c.stream_id == stream_id
        gone = stream_events.delete().where(mine, stream_events.c.jti.in_(list(jtis)))
        return self._work.connection.scalars(gone.returning(stream_events.c.jti)).all()

    def drop(self, stream_id: str) -> None:
        """Forget all that waits but what is to be told whatever the status."""
        mine = stream_events.c.stream_id == stream_id
        gone = stream_events.delete().where(mine, stream_events.c.control.is_(False))
        self._work.connection.execute(gone)

    def _open(self, row: Row[Any]) -> Waiting:
        payload = self._work.vault.unseal_json(_context(row.jti), row.payload)
        return Waiting(row.jti, payload, row.created_at)


def _context(jti: str) -> str:
    return f"stream_events|{jti}"
