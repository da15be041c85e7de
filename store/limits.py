"""How often something happened within a window of time."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import case, literal, select

from store import once
from store.models import Instant, limits
from store.work import Work


class Limits:
    """Counts in fixed windows; keys are stored as keyed hashes."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def hit(self, key: str, limit: int, window: timedelta) -> int:
        """Count once; return 0 up to the limit, beyond it the seconds to wait.

        Raising out of the transaction takes the count back.
        """
        now = self._work.now()
        over, fresh = limits.c.resets_at <= now, literal(now + window, Instant)
        statement = once.insert(self._work.connection.dialect.name, limits).values(
            key_hash=self._hash(key), hits=1, resets_at=fresh
        )
        counted = statement.on_conflict_do_update(
            index_elements=[limits.c.key_hash],
            set_={
                "hits": case((over, 1), else_=limits.c.hits + 1),
                "resets_at": case((over, fresh), else_=limits.c.resets_at),
            },
        )
        columns = counted.returning(limits.c.hits, limits.c.resets_at)
        row = self._work.connection.execute(columns).one()
        return _wait(row.resets_at, now) if row.hits > limit else 0

    def take_back(self, key: str) -> None:
        """Uncount one hit: what it was counted for turned out well."""
        statement = limits.update().where(limits.c.key_hash == self._hash(key), limits.c.hits > 0)
        self._work.connection.execute(statement.values(hits=limits.c.hits - 1))

    def peek(self, key: str, limit: int) -> int:
        """Return what the next `hit` would, without counting."""
        now = self._work.now()
        query = select(limits).where(limits.c.key_hash == self._hash(key))
        row = self._work.connection.execute(query).one_or_none()
        if row is None or row.resets_at <= now or row.hits < limit:
            return 0
        return _wait(row.resets_at, now)

    def clear(self, key: str) -> None:
        """Forget what was counted."""
        self._work.connection.execute(limits.delete().where(limits.c.key_hash == self._hash(key)))

    def _hash(self, key: str) -> str:
        return self._work.vault.digest("limit", key)


def _wait(resets_at: datetime, now: datetime) -> int:
    return math.ceil((resets_at - now).total_seconds())
