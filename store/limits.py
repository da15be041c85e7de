"""Limits counted in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, literal, or_, select

from store import once
from store.counting import FREE, Count, seconds, waits
from store.models import Instant, limits
from store.work import Work

NO_WAIT: Mapping[str, Any] = {}


class Limits:
    """Counts in rows; keys are stored as keyed hashes.

    Raising out of the transaction takes the counts back.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    def count(self, key: str, window: timedelta) -> int:
        """Count once and return how often it happened in this window."""
        row = self._counted(key, window)
        return int(row.hits) if row else 0

    def hit(self, key: str, limit: int, window: timedelta) -> int:
        """Count once; return 0 up to the limit, beyond it the seconds to wait."""
        row = self._counted(key, window)
        return seconds(row.resets_at, self._work.now()) if row and row.hits > limit else 0

    def attempt(self, key: str, limit: int, window: timedelta) -> Count:
        """Count once where no wait is due, and let the next one wait the longer for it."""
        now = self._work.now()
        due = or_(limits.c.free_at.is_(None), limits.c.free_at <= now, limits.c.resets_at <= now)
        wait = {"free_at": _free_at(now, window, limit)}
        first = {"free_at": now + window if limit <= 1 else None}
        row = self._counted(key, window, first, wait, due)
        return Count(row.hits) if row else self._refused(key)

    def take_back(self, key: str) -> None:
        """Uncount one and the wait after it: what was counted turned out well."""
        statement = limits.update().where(limits.c.key_hash == self._hash(key), limits.c.hits > 0)
        self._work.connection.execute(statement.values(hits=limits.c.hits - 1, free_at=None))

    def peek(self, key: str, limit: int) -> int:
        """Return what the next `hit` would, without counting."""
        row = self._row(key)
        return seconds(row.resets_at, self._work.now()) if row and row.hits >= limit else 0

    def hits(self, keys: Sequence[str]) -> Sequence[int]:
        """Return how often each happened in its window, without counting."""
        hashes = [self._hash(key) for key in keys]
        live = select(limits.c.key_hash, limits.c.hits).where(
            limits.c.key_hash.in_(hashes), limits.c.resets_at > self._work.now()
        )
        found = {row.key_hash: row.hits for row in self._work.connection.execute(live)}
        return [found.get(hashed, 0) for hashed in hashes]

    def _counted(
        self,
        key: str,
        window: timedelta,
        first: Mapping[str, Any] = NO_WAIT,
        later: Mapping[str, Any] = NO_WAIT,
        where: ColumnElement[bool] | None = None,
    ) -> Row[Any] | None:
        now, connection = self._work.now(), self._work.connection
        row = {"key_hash": self._hash(key), "hits": 1, "resets_at": now + window, **first}
        counted = once.insert(connection.dialect.name, limits).values(row)
        again = counted.on_conflict_do_update(
            index_elements=[limits.c.key_hash],
            set_={"hits": _nth(now), "resets_at": _ends(now, window), **later},
            where=where,
        )
        return connection.execute(again.returning(limits.c.hits, limits.c.resets_at)).one_or_none()

    def _refused(self, key: str) -> Count:
        row = self._row(key)
        return Count(row.hits, seconds(row.free_at, self._work.now())) if row else Count(0, 1)

    def _row(self, key: str) -> Row[Any] | None:
        query = select(limits).where(limits.c.key_hash == self._hash(key))
        return self._work.connection.execute(query).one_or_none()

    def _hash(self, key: str) -> str:
        return self._work.vault.digest("limit", key)


def _nth(now: datetime) -> ColumnElement[int]:
    return case((limits.c.resets_at <= now, 1), else_=limits.c.hits + 1)


def _ends(now: datetime, window: timedelta) -> ColumnElement[datetime]:
    return case(
        (limits.c.resets_at <= now, literal(now + window, Instant)), else_=limits.c.resets_at
    )


def _free_at(now: datetime, window: timedelta, limit: int) -> ColumnElement[datetime]:
    """Compose when the next attempt is free: at once, after a wait, or with the next window."""
    nth = _nth(now)
    pace = [
        (nth == n, literal(now + timedelta(seconds=wait), Instant))
        for n, wait in waits(limit).items()
    ]
    early = literal(None, Instant)
    return case((nth < min(FREE, limit), early), *pace, else_=_ends(now, window))
