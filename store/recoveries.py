"""Recoveries under way: one at a time of an account, each step one conditional statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, literal, select, tuple_

from store import once
from store.handles import new_handle, new_id, new_typed, typed
from store.models import Instant, is_admitted, recoveries
from store.work import Work


class State(StrEnum):
    """Where a recovery stands; one that is finished or withdrawn is deleted."""

    ASKED = "asked"
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Timing:
    """When a factor may be added at the earliest, when people are reminded, when it lapses."""

    ready_at: datetime
    remind_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery as it was read. `proven` are the factors that began it: they are not lost.

    `started_by` and `approved_by` are the ids of operators: an account's, or `system:` with a user
    id; empty where the person needed none.
    """

    id: str
    account_id: str
    state: State
    started_by: str
    approved_by: str
    proven: tuple[str, ...]
    created_at: datetime
    ready_at: datetime | None
    ends_at: datetime
    stop_code: str = field(repr=False)
    handle_hash: str | None = field(repr=False)


class Recoveries:
    """Keeps recoveries; the codes that continue and stop them are typed by people."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def ask(self, account_id: str, started_by: str, until: datetime) -> str | None:
        """Note that one is asked for; return its id, None where one is under way.

        Nobody can claim it: the code is made when somebody else approves.
        """
        begun = self._begin(account_id, State.ASKED, {"started_by": started_by, "ends_at": until})
        return begun and begun[0]

    def start(
        self, account_id: str, *, timing: Timing, proven: Sequence[str] = (), started_by: str = ""
    ) -> tuple[str, str] | None:
        """Begin one; return its id and the code that claims it, None where one is under way."""
        more = {"proven": list(proven), "started_by": started_by, **_times(timing)}
        return self._begin(account_id, State.WAITING, more)

    def approve(
        self, recovery_id: str, approved_by: str, timing: Timing
    ) -> tuple[Recovery, str] | None:
        """Let one that was asked for begin to wait; return it and the code that claims it.

        None where it is not asked for any more, or where the same operator asked for it.
        """
        claim = new_typed()
        values = {
            "state": State.WAITING.value,
            "approved_by": approved_by,
            "claim_hash": self._hash("claim", claim),
            **_times(timing),
        }
        other = recoveries.c.started_by != approved_by
        found = self._change(values, _of(recovery_id), _in(State.ASKED), other, self._lives())
        return None if found is None else (found, claim)

    def stop(self, code: str, until: datetime) -> Recovery | None:
        """Stop the one that this code stops; it is remembered until then, and None is new."""
        return self._stop(recoveries.c.stop_hash == self._hash("stop", code), until)

    def stop_of(self, account_id: str, until: datetime) -> Recovery | None:
        """Stop the one of an account."""
        return self._stop(recoveries.c.live == account_id, until)

    def withdraw(self, account_id: str) -> bool:
        """Forget the one of an account: there is no need of it any more."""
        mine = recoveries.c.live == account_id
        return once.take(self._work.connection, recoveries, mine) is not None

    def under_way(self, account_id: str) -> Recovery | None:
        """Return the one that is under way for an account."""
        return self._one(recoveries.c.live == account_id, self._lives())

    def stopped(self, account_id: str) -> bool:
        """Tell whether one was stopped, and that is remembered."""
        mine = recoveries.c.account_id == account_id
        return self._one(mine, _in(State.STOPPED), self._lives()) is not None

    def claimed(self, code: str) -> Recovery | None:
        """Return the one that this code claims, ready or not; None where disabled."""
        return self._one(recoveries.c.claim_hash == self._hash("claim", code), *self._usable())

    def open(self, recovery: Recovery, browser: str, lifetime: timedelta) -> str | None:
        """Let a browser go on with one that has waited; return the handle it goes on with."""
        handle, now = new_handle(), self._work.now()
        values = {
            "handle_hash": self._hash("handle", handle),
            "browser_hash": self._work.vault.browser(browser),
            "open_until": now + lifetime,
        }
        ready = recoveries.c.ready_at <= now
        opened = self._change(values, _of(recovery.id), ready, *self._usable())
        return handle if opened else None

    def opened(self, handle: str, browser: str) -> Recovery | None:
        """Return the one that this browser goes on with."""
        return self._one(
            recoveries.c.handle_hash == self._hash("handle", handle),
            recoveries.c.browser_hash == self._work.vault.browser(browser),
            recoveries.c.open_until > self._work.now(),
            *self._usable(),
        )

    def finish(self, recovery: Recovery) -> bool:
        """Spend one; True for one caller alone, and only if nobody stopped or reopened it."""
        same = recoveries.c.handle_hash == recovery.handle_hash
        where = (_of(recovery.id), same, *self._usable())
        return once.take(self._work.connection, recoveries, *where) is not None

    def due(self) -> Sequence[Recovery]:
        """Return those of which people are to be reminded now."""
        now = self._work.now()
        query = select(recoveries).where(recoveries.c.remind_at <= now, _in(State.WAITING))
        return [self._open(row) for row in self._work.connection.execute(query)]

    def reminded(self, recovery: Recovery) -> bool:
        """Note that people are being reminded; True for one caller alone."""
        due = recoveries.c.remind_at.is_not(None)
        values = {"remind_at": None}
        return self._change(values, _of(recovery.id), due, _in(State.WAITING)) is not None

    def list(
        self, *, state: State | None, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Recovery]:
        """Return some of all that are remembered, the oldest first, after this time and id."""
        place = tuple_(recoveries.c.created_at, recoveries.c.id)
        query = select(recoveries).where(self._lives())
        if state:
            query = query.where(_in(state))
        if after:
            at = literal(after[0], Instant)
            query = query.where(place > tuple_(at, literal(after[1])))
        query = query.order_by(recoveries.c.created_at, recoveries.c.id).limit(limit)
        return [self._open(row) for row in self._work.connection.execute(query)]

    def _begin(
        self, account_id: str, state: State, more: Mapping[str, Any]
    ) -> tuple[str, str] | None:
        self._lapse(account_id)
        recovery_id, claim, stop = new_id(), new_typed(), new_typed()
        row = {
            **{"id": recovery_id, "account_id": account_id, "live": account_id},
            **{"state": state.value, "started_by": "", "approved_by": "", "proven": []},
            "claim_hash": self._hash("claim", claim),
            "stop_hash": self._hash("stop", stop),
            "stop_code": self._work.vault.seal(_context(recovery_id), stop.encode()),
            "created_at": self._work.now(),
            **more,
        }
        return (recovery_id, claim) if once.add(self._work.connection, recoveries, row) else None

    def _stop(self, which: ColumnElement[bool], until: datetime) -> Recovery | None:
        values = {"state": State.STOPPED.value, "live": None, "remind_at": None, "ends_at": until}
        return self._change(values, which, recoveries.c.live.is_not(None), self._lives())

    def _lapse(self, account_id: str) -> None:
        over = and_(recoveries.c.live == account_id, recoveries.c.ends_at <= self._work.now())
        self._work.connection.execute(recoveries.delete().where(over))

    def _usable(self) -> tuple[ColumnElement[bool], ...]:
        admitted = is_admitted(recoveries.c.account_id)
        return _in(State.WAITING), self._lives(), admitted

    def _lives(self) -> ColumnElement[bool]:
        return recoveries.c.ends_at > self._work.now()

    def _one(self, *where: ColumnElement[bool]) -> Recovery | None:
        row = self._work.connection.execute(select(recoveries).where(*where)).first()
        return None if row is None else self._open(row)

    def _change(self, values: dict[str, Any], *where: ColumnElement[bool]) -> Recovery | None:
        row = once.change(self._work.connection, recoveries, values, *where)
        return None if row is None else self._open(row)

    def _open(self, row: Row[Any]) -> Recovery:
        read = {name: getattr(row, name) for name in Recovery.__dataclass_fields__}
        stop_code = self._work.vault.unseal(_context(row.id), row.stop_code).decode()
        read |= {"state": State(row.state), "proven": tuple(row.proven), "stop_code": stop_code}
        return Recovery(**read)

    def _hash(self, purpose: str, value: str) -> str:
        canonical = value if purpose == "handle" else typed(value)
        return self._work.vault.digest(f"recovery {purpose}", canonical)


def _times(timing: Timing) -> dict[str, datetime]:
    return {name: getattr(timing, name) for name in Timing.__dataclass_fields__}


def _of(recovery_id: str) -> ColumnElement[bool]:
    return recoveries.c.id == recovery_id


def _in(state: State) -> ColumnElement[bool]:
    return recoveries.c.state == state.value


def _context(recovery_id: str) -> str:
    return f"recoveries|{recovery_id}"
