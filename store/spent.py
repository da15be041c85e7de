"""Values that may be used once: a jti, a TOTP step, a nonce."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from sqlalchemy import bindparam, select
from sqlalchemy.sql.dml import ReturningInsert

from store import once
from store.models import Instant
from store.models import once as values
from store.work import Work

_SPENT = select(values.c.value_hash).where(
    values.c.value_hash == bindparam("hash"), values.c.expires_at > bindparam("now", type_=Instant)
)


class Spent:
    """Remembers spent values under their keyed hash."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def spent(self, value: str) -> bool:
        """Tell whether a value was spent and its lifetime is not over."""
        given = {"hash": self._work.vault.digest("once", value), "now": self._work.now()}
        return self._work.connection.execute(_SPENT, given).first() is not None

    def spend(self, value: str, lifetime: timedelta) -> bool:
        """Spend a value; True the first time within its lifetime."""
        now, connection = self._work.now(), self._work.connection
        hashed = self._work.vault.digest("once", value)
        given = {"hash": hashed, "now": now, "end": now + lifetime}
        return connection.execute(_spend(connection.dialect.name), given).first() is not None

    def give_back(self, value: str) -> None:
        """Let a value be spent again: what it stood for is over."""
        hashed = self._work.vault.digest("once", value)
        self._work.connection.execute(values.delete().where(values.c.value_hash == hashed))


@cache
def _spend(dialect: str) -> ReturningInsert[tuple[str]]:
    """Compose the statement once: it runs for every proof that a client makes."""
    end = bindparam("end", type_=Instant)
    row = once.insert(dialect, values).values(value_hash=bindparam("hash"), expires_at=end)
    first = row.on_conflict_do_update(
        index_elements=[values.c.value_hash],
        set_={"expires_at": end},
        where=values.c.expires_at <= bindparam("now", type_=Instant),
    )
    return first.returning(values.c.value_hash)
