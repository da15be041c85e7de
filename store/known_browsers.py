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
        """Remember that an account was logged in to from a browser; of too many, the newest."""
        now, connection = self._work.now(), self._work.connection
        hashed, seen = self._hash(account_id, browser), {"seen_at": now, "expires_at": now + KEPT}
        if once.change(connection, rows, seen, rows.c.browser_hash == hashed) is None:
            row = {"browser_hash": hashed, "account_id": account_id, **seen}
            once.add(connection, rows, row)
            self._forget_oldest(account_id)

    def _forget_oldest(self, account_id: str) -> None:
        newest = select(rows.c.browser_hash).where(rows.c.account_id == account_id)
        kept = newest.order_by(rows.c.seen_at.desc(), rows.c.browser_hash).limit(MOST)
        oldest = rows.delete().where(
            rows.c.account_id == account_id, rows.c.browser_hash.not_in(kept)
        )
        self._work.connection.execute(oldest)

    def _hash(self, account_id: str, browser: str) -> str:
        return self._work.vault.digest("known-browser", f"{account_id}\0{browser}")
