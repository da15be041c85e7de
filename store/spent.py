"""Values that may be used once: a jti, a TOTP step, a nonce."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from store import once
from store.models import once as values
from store.work import Work


class Spent:
    """Remembers spent values under their keyed hash."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def spent(self, value: str) -> bool:
        """Tell whether a value was spent and its lifetime is not over."""
        query = select(values.c.value_hash).where(
            values.c.value_hash == self._work.vault.digest("once", value),
            values.c.expires_at > self._work.now(),
        )
        return self._work.connection.execute(query).first() is not None

    def spend(self, value: str, lifetime: timedelta) -> bool:
        """Spend a value; True the first time within its lifetime."""
        now = self._work.now()
        row = {
            "value_hash": self._work.vault.digest("once", value),
            "expires_at": now + lifetime,
        }
        statement = once.insert(self._work.connection, values).values(row)
        first = statement.on_conflict_do_update(
            index_elements=[values.c.value_hash],
            set_={"expires_at": row["expires_at"]},
            where=values.c.expires_at <= now,
        )
        return (
            self._work.connection.execute(first.returning(values.c.value_hash)).first() is not None
        )
