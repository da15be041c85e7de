"""Looking for entries: by what they are about, a bounded part of the trail at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from store.audit import SYSTEM, WHOLE, Record, read
from store.keystore import pseudonym
from store.models import audit
from store.trail.samples import Samples
from store.work import Work

STRETCH = 200_000
"""Entries that one search looks at, whatever it finds."""
EVERYTHING = 2**62
SLACK = 1000
"""By how much the numbers of entries may be in another order than their times."""
PREFIX = "."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; what is empty chooses nothing.

    `event` is a name, or what names begin with where it ends with a dot. `account_id` and
    `actor_id` may be pseudonyms too; `actor_id` may be of a user of the system.
    """

    event: str = ""
    account_id: str = ""
    actor_id: str = ""
    client_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was found in a part of the trail; `next` is where another begins, None at the end."""

    records: Sequence[Record]
    next: int | None


class Trail:
    """Searches; `samples` counts what it says of captures."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.samples = Samples(work)

    def newest(self, wanted: Wanted, before: int | None, limit: int) -> Stretch:
        """Return some, the newest first, with numbers below this one."""
        lowest, highest = self._bounds(wanted)
        top = highest if before is None else min(before - 1, highest)
        bottom = max(lowest, top - _length(wanted) + 1)
        query = self._query(wanted, bottom, top).order_by(audit.c.id.desc())
        found = self._read(query, limit)
        if len(found) == limit:
            return Stretch(found, found[-1].id)
        return Stretch(found, bottom if bottom > lowest else None)

    def oldest(self, wanted: Wanted, after: int, limit: int) -> Stretch:
        """Return some, the oldest first, with numbers above this one."""
        lowest, highest = self._bounds(wanted)
        bottom = max(after + 1, lowest)
        top = min(bottom + _length(wanted) - 1, highest)
        found = self._read(self._query(wanted, bottom, top).order_by(audit.c.id), limit)
        if len(found) == limit:
            return Stretch(found, found[-1].id)
        return Stretch(found, top if top < highest else None)

    def sealed_in(self, number: int) -> Sequence[Record]:
        """Return the entries of a checkpoint, the oldest first."""
        query = WHOLE.where(audit.c.checkpoint == number).order_by(audit.c.id)
        return read(self._work, self._work.connection.execute(query).all())

    def _read(self, query: Select[tuple[object, ...]], limit: int) -> Sequence[Record]:
        return read(self._work, self._work.connection.execute(query.limit(limit)).all())

    def _query(self, wanted: Wanted, bottom: int, top: int) -> Select[tuple[object, ...]]:
        stretch = audit.c.id.between(bottom, top)
        return WHOLE.where(stretch, *self._conditions(wanted))

    def _bounds(self, wanted: Wanted) -> tuple[int, int]:
        """Return between which numbers all of the time that is wanted lies."""
        lowest, highest = self._ends()
        if wanted.since:
            first = select(audit.c.id).where(audit.c.at >= wanted.since).order_by(audit.c.at)
            found = self._work.connection.scalar(first.limit(1))
            lowest = highest + 1 if found is None else max(lowest, found - SLACK)
        if wanted.until:
            after = select(audit.c.id).where(audit.c.at > wanted.until).order_by(audit.c.at)
            found = self._work.connection.scalar(after.limit(1))
            highest = highest if found is None else min(highest, found + SLACK)
        return lowest, highest

    def _ends(self) -> tuple[int, int]:
        [(lowest, highest)] = self._work.connection.execute(
            select(
                select(func.min(audit.c.id)).scalar_subquery(),
                select(func.max(audit.c.id)).scalar_subquery(),
            )
        )
        return lowest or 0, highest or 0

    def _conditions(self, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
        if wanted.event:
            yield _named(wanted.event)
        if wanted.account_id:
            yield audit.c.subject.in_(self._names(wanted.account_id))
        if wanted.actor_id:
            yield audit.c.actor.in_(self._names(wanted.actor_id))
        if wanted.client_id:
            yield audit.c.client_id == wanted.client_id
        if wanted.since:
            yield audit.c.at >= wanted.since
        if wanted.until:
            yield audit.c.at <= wanted.until

    def _names(self, subject_id: str) -> set[str]:
        """Return what may stand for somebody: an id of theirs, or a pseudonym that it is itself."""
        if subject_id.startswith(SYSTEM):
            return {subject_id}
        return {subject_id, pseudonym(self._work.vault, subject_id)}


def _length(wanted: Wanted) -> int:
    """Return how many entries to look at: what is about one person is found by an index."""
    return EVERYTHING if wanted.account_id else STRETCH


def _named(event: str) -> ColumnElement[bool]:
    if event.endswith(PREFIX):
        return audit.c.event.startswith(event, autoescape=True)
    return audit.c.event == event
