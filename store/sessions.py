"""Browsers that are logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, select

from contracts.assurance import AuthEvent
from store import once
from store.encoding import dump_events, load_events
from store.handles import new_handle, new_id
from store.models import is_active, is_admitted, sessions
from store.work import Work

TOUCH = timedelta(minutes=1)
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a browser was seen: a device in names of ours, and the address it came from."""

    agent: str = ""
    source: str = ""


UNSEEN = Seen()


@dataclass(frozen=True, slots=True)
class Session:
    """A session: its cookie changes at every new proof, its `sid` never."""

    sid: str
    account_id: str
    events: tuple[AuthEvent, ...]
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    id_hash: str = field(repr=False)
    agent: str | None = None
    source: str | None = None


Standing = Callable[[Session, datetime], tuple[AuthEvent, ...]]
"""What of a session's proofs still counts at a time, judged before this use of it is noted."""


def _all_stand(session: Session, _: datetime) -> tuple[AuthEvent, ...]:
    """Let every proof count."""
    return session.events


class Sessions:
    """Keeps sessions under the keyed hash of their cookie."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(
        self,
        account_id: str,
        events: Iterable[AuthEvent],
        lifetime: timedelta,
        seen: Seen = UNSEEN,
    ) -> tuple[str, Session]:
        """Begin a session; return its cookie and itself."""
        cookie, now = new_handle(), self._work.now()
        session = Session(
            sid=new_id(),
            account_id=account_id,
            events=tuple(events),
            created_at=now,
            last_used_at=now,
            expires_at=now + lifetime,
            id_hash=self._hash(cookie),
            **_place(seen),
        )
        row = {name: getattr(session, name) for name in Session.__dataclass_fields__}
        row["events"] = dump_events(session.events)
        self._work.connection.execute(sessions.insert(), row)
        return cookie, session

    def find(
        self,
        cookie: str,
        idle: timedelta,
        standing: Standing = _all_stand,
        *,
        leaving: bool = False,
    ) -> Session | None:
        """Return a session used within `idle`; None where over, expired or disabled.

        What `standing` takes away is gone for good: this use does not bring it back. `leaving`,
        also one of a person who is to be erased: nothing but that may be done with it.
        """
        now = self._work.now()
        row = self._living(cookie, now, idle, is_admitted if leaving else is_active)
        if row is None:
            return None
        session = _session(row)
        events = standing(session, now)
        if session.last_used_at <= now - TOUCH or events != session.events:
            self._work.after.append(partial(self._touch, row.id_hash, now, events))
        return replace(session, events=events)

    def rotate(
        self, session: Session, events: Iterable[AuthEvent], seen: Seen = UNSEEN
    ) -> str | None:
        """Write new events under a new cookie; None where the session changed meanwhile."""
        cookie = new_handle()
        values = {"id_hash": self._hash(cookie), "events": dump_events(events), **_place(seen)}
        same = sessions.c.id_hash == session.id_hash
        row = once.change(self._work.connection, sessions, values, same)
        return None if row is None else cookie

    def lower(self, session: Session, events: Iterable[AuthEvent]) -> bool:
        """Write fewer events under the same cookie; False where the session changed meanwhile."""
        same = sessions.c.id_hash == session.id_hash
        values = {"events": dump_events(events)}
        return once.change(self._work.connection, sessions, values, same) is not None

    def end(self, sid: str) -> bool:
        """End one session; True for one caller alone."""
        return once.take(self._work.connection, sessions, sessions.c.sid == sid) is not None

    def end_all(self, account_id: str, but: str = "") -> Sequence[str]:
        """End every session of an account but one; return each `sid`, to one caller alone."""
        statement = sessions.delete().where(
            sessions.c.account_id == account_id, sessions.c.sid != but
        )
        return self._work.connection.scalars(statement.returning(sessions.c.sid)).all()

    def list(self, account_id: str) -> Sequence[Session]:
        """Return the account's unexpired sessions, the last used first."""
        query = select(sessions).where(
            sessions.c.account_id == account_id, sessions.c.expires_at > self._work.now()
        )
        rows = self._work.connection.execute(query.order_by(sessions.c.last_used_at.desc()))
        return [_session(row) for row in rows]

    def _living(
        self, cookie: str, now: datetime, idle: timedelta, stands: Callable[..., Any]
    ) -> Row[Any] | None:
        query = select(sessions).where(
            sessions.c.id_hash == self._hash(cookie),
            sessions.c.expires_at > now,
            sessions.c.last_used_at > now - idle,
            stands(sessions.c.account_id),
        )
        return self._work.connection.execute(query).one_or_none()

    def _touch(self, id_hash: str, now: datetime, events: Sequence[AuthEvent]) -> None:
        """Note the use in a write of its own, after the transaction that found the session.

        What was taken back between the two does not return.
        """
        same = sessions.c.id_hash == id_hash
        with self._work.database.write() as connection:
            row = once.change(connection, sessions, {"last_used_at": now}, same)
            held = load_events(row.events) if row else events
            if held != events:
                left = {(event.factor, event.at) for event in held}
                kept = [event for event in events if (event.factor, event.at) in left]
                once.change(connection, sessions, {"events": dump_events(kept)}, same)

    def _hash(self, cookie: str) -> str:
        return self._work.vault.digest("session", cookie)


def _place(seen: Seen) -> dict[str, Any]:
    return {"agent": seen.agent[:LONGEST] or None, "source": seen.source[:LONGEST] or None}


def _session(row: Row[Any]) -> Session:
    return Session(**{**row._mapping, "events": load_events(row.events)})
