"""Event streams: what a client wants to hear of, and how it reaches it (Shared Signals 1.0)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from store import once
from store.handles import new_id
from store.models import consents, grants, stream_subjects, streams
from store.work import Work

PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
ENABLED, PAUSED, DISABLED = "enabled", "paused", "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a receiver says of its stream; a pushed one has an address and maybe a header field."""

    method: str = POLL
    endpoint_url: str = ""
    authorization: str | None = field(default=None, repr=False)
    events_requested: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Wanted):
    """A stream; `version` is that of the row."""

    id: str
    client_id: str
    status: str
    reason: str
    version: int
    created_at: datetime


class Streams:
    """Keeps the streams, one for each client."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, client_id: str, wanted: Wanted) -> Stream | None:
        """Make a stream; None where the client has one."""
        row: dict[str, Any] = {"id": new_id(), "client_id": client_id, "status": ENABLED}
        row |= {"reason": "", "version": 1, "created_at": self._work.now()}
        row |= self._row(row["id"], wanted)
        return self.of(client_id) if once.add(self._work.connection, streams, row) else None

    def of(self, client_id: str) -> Stream | None:
        """Return the stream of a client."""
        return self._one(streams.c.client_id == client_id)

    def get(self, stream_id: str) -> Stream | None:
        """Return a stream."""
        return self._one(streams.c.id == stream_id)

    def any(self) -> bool:
        """Tell whether there is any stream at all."""
        return self._work.connection.execute(select(streams.c.id).limit(1)).first() is not None

    def list(self, after: str = "", limit: int = 1000) -> Sequence[Stream]:
        """Return streams by id, from the one after `after` on."""
        query = select(streams).where(streams.c.id > after).order_by(streams.c.id).limit(limit)
        return [self._open(row) for row in self._work.connection.execute(query)]

    def hearing(self, account_id: str, clients: Collection[str] | None) -> Sequence[Stream]:
        """Return the streams of these clients, or of all that a person has granted something.

        Those that are disabled hear of nothing.
        """
        own = streams.c.client_id
        granted = select(grants.c.client_id).where(grants.c.account_id == account_id)
        given = select(consents.c.client_id).where(consents.c.account_id == account_id)
        among = or_(own.in_(granted), own.in_(given)) if clients is None else own.in_(clients)
        query = select(streams).where(among, streams.c.status != DISABLED).order_by(streams.c.id)
        return [self._open(row) for row in self._work.connection.execute(query)]

    def replace(self, stream: Stream, wanted: Wanted) -> bool:
        """Give a stream other terms; False where somebody changed it first."""
        return self._changed(stream, self._row(stream.id, wanted))

    def set_status(self, stream: Stream, status: str, reason: str) -> bool:
        """Let a stream flow or not; False where somebody changed it first."""
        return self._changed(stream, {"status": status, "reason": reason})

    def remove(self, stream_id: str) -> bool:
        """Forget a stream, with all that waits in it."""
        mine = streams.c.id == stream_id
        return once.take(self._work.connection, streams, mine) is not None

    def exclude(self, stream_id: str, subject: str) -> None:
        """Tell a stream nothing more of somebody, by what its receiver calls them."""
        row = {"stream_id": stream_id, "subject_hash": self._hash(stream_id, subject)}
        once.add(self._work.connection, stream_subjects, row)

    def include(self, stream_id: str, subject: str) -> None:
        """Tell a stream of somebody again."""
        self._work.connection.execute(stream_subjects.delete().where(*self._of(stream_id, subject)))

    def excludes(self, stream_id: str, subject: str) -> bool:
        """Tell whether a receiver does not want to hear of somebody."""
        query = select(stream_subjects.c.stream_id).where(*self._of(stream_id, subject))
        return self._work.connection.execute(query).first() is not None

    def lease(self, stream_id: str, lease: timedelta) -> bool:
        """Take the turn to push what waits; True for one caller alone, until the lease ends."""
        now, until = self._work.now(), streams.c.pushing_until
        free = or_(until.is_(None), until <= now)
        return self._turn(stream_id, now + lease, free)

    def renew(self, stream_id: str, lease: timedelta) -> None:
        """Keep the turn for longer."""
        self._turn(stream_id, self._work.now() + lease)

    def release(self, stream_id: str) -> None:
        """Give the turn back."""
        self._turn(stream_id, None)

    def _turn(self, stream_id: str, until: datetime | None, *where: ColumnElement[bool]) -> bool:
        mine = streams.c.id == stream_id
        values = {"pushing_until": until}
        return once.change(self._work.connection, streams, values, mine, *where) is not None

    def _one(self, condition: ColumnElement[bool]) -> Stream | None:
        row = self._work.connection.execute(select(streams).where(condition)).one_or_none()
        return None if row is None else self._open(row)

    def _changed(self, stream: Stream, values: Mapping[str, Any]) -> bool:
        mine = streams.c.id == stream.id, streams.c.version == stream.version
        new = {**values, "version": stream.version + 1}
        return once.change(self._work.connection, streams, new, *mine) is not None

    def _row(self, stream_id: str, wanted: Wanted) -> dict[str, Any]:
        told = {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__}
        told["events_requested"] = list(wanted.events_requested)
        if wanted.authorization is not None:
            sealed = self._work.vault.seal(_context(stream_id), wanted.authorization.encode())
            told["authorization"] = sealed
        return told

    def _open(self, row: Row[Any]) -> Stream:
        values = {name: row._mapping[name] for name in Stream.__dataclass_fields__}
        values["events_requested"] = tuple(row.events_requested)
        if row.authorization is not None:
            opened = self._work.vault.unseal(_context(row.id), row.authorization)
            values["authorization"] = opened.decode()
        return Stream(**values)

    def _of(self, stream_id: str, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        rows = stream_subjects.c
        return rows.stream_id == stream_id, rows.subject_hash == self._hash(stream_id, subject)

    def _hash(self, stream_id: str, subject: str) -> str:
        return self._work.vault.digest("stream subject", f"{stream_id}\0{subject}")


def _context(stream_id: str) -> str:
    return f"streams|{stream_id}"
