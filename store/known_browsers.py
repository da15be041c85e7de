"""The browsers that people have logged in with, so that a strange one can be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from store import once
from store.models import known_browsers as rows
from store.work import Work

KEPT = timedelta(days=400)
"""No browser keeps a cookie longer (RFC 6265bis)."""

MOST = 20
"""Browsers remembered of one account."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whether this browser is one of the account's, and whether it has any."""

    this: bool
    any: bool


class KnownBrowsers:
    """Keeps keyed hashes of account and browser: two accounts in one browser have nothing alike."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def look(self, account_id: str, browser: str) -> Known:
        """Tell what is known of a browser."""
        live = select(rows.c.browser_hash).where(
            rows.c.account_id == account_id, rows.c.expires_at > self._work.now()
        )
        found = set(self._work.connection.execute(live).scalars())
        return Known(self._hash(account_id, browser) in found, bool(found))

    def remember(self, account_id: str, browser: str) -> None:
        """Remember that an account was logged in to from a browser, and forget the oldest."""
        now, connection = self._work.now(), self._work.connection
        seen = {"seen_at": now, "expires_at": now + KEPT}
        row = {"browser_hash": self._hash(account_id, browser), "account_id": account_id, **seen}
        added = once.insert(connection.dialect.name, rows).values(row)
        connection.execute(added.on_conflict_do_update(index_elements=["browser_hash"], set_=seen))
        newest = select(rows.c.browser_hash).where(rows.c.account_id == account_id)
        kept = newest.order_by(rows.c.seen_at.desc(), rows.c.browser_hash).limit(MOST)
        connection.execute(
            rows.delete().where(rows.c.account_id == account_id, rows.c.browser_hash.not_in(kept))
        )

    def _hash(self, account_id: str, browser: str) -> str:
        return self._work.vault.digest("known-browser", f"{account_id}\0{browser}")
