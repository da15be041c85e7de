"""The one-time link by which the first admin comes in."""

from __future__ import annotations

from datetime import datetime, timedelta

from store import once
from store.handles import new_typed, typed
from store.models import setups
from store.work import Work

FIRST_ADMIN = "first admin"


class Setups:
    """Keeps one token under its keyed hash; a new one takes the place of the old."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def make(self, lifetime: timedelta) -> tuple[str, datetime]:
        """Return a token that can be typed, and until when it is good; those before it are void."""
        token, until = new_typed(), self._work.now() + lifetime
        row = {"name": FIRST_ADMIN, "token_hash": self._hash(token), "expires_at": until}
        statement = once.insert(self._work.connection.dialect.name, setups).values(row)
        changed = {name: row[name] for name in ("token_hash", "expires_at")}
        self._work.connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_=changed)
        )
        return token, until

    def spend(self, token: str) -> bool:
        """Spend the token; True for one caller alone."""
        row = once.take(
            self._work.connection,
            setups,
            setups.c.token_hash == self._hash(token),
            setups.c.expires_at > self._work.now(),
        )
        return row is not None

    def _hash(self, token: str) -> str:
        return self._work.vault.digest("setup", typed(token))
