"""Authorization requests that wait for a login or a consent; what they say is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from store import once
from store.handles import new_handle
from store.models import interactions
from store.work import Work


@dataclass(frozen=True, slots=True)
class Interaction:
    """One validated authorization request of one browser."""

    client_id: str
    request: dict[str, Any]
    created_at: datetime


class Interactions:
    """Keeps interactions; each is taken once, by its browser."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(
        self, browser: str, client_id: str, request: Mapping[str, Any], lifetime: timedelta
    ) -> str:
        """Remember a request and return its handle."""
        handle, now = new_handle(), self._work.now()
        hashed = self._hash(handle)
        row = {
            "handle_hash": hashed,
            "browser_hash": self._work.vault.browser(browser),
            "client_id": client_id,
            "request": self._work.vault.seal_json(_context(hashed), request),
            "created_at": now,
            "expires_at": now + lifetime,
        }
        self._work.connection.execute(interactions.insert(), row)
        return handle

    def find(self, handle: str, browser: str) -> Interaction | None:
        """Return this browser's request; None where unknown, taken, foreign or expired."""
        query = select(interactions).where(self._mine(handle, browser))
        return self._open(self._work.connection.execute(query).one_or_none())

    def take(self, handle: str, browser: str) -> Interaction | None:
        """Return and forget this browser's request; None for all callers but one."""
        mine = self._mine(handle, browser)
        return self._open(once.take(self._work.connection, interactions, mine))

    def _mine(self, handle: str, browser: str) -> ColumnElement[bool]:
        return and_(
            interactions.c.handle_hash == self._hash(handle),
            interactions.c.browser_hash == self._work.vault.browser(browser),
            interactions.c.expires_at > self._work.now(),
        )

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("interaction", handle)

    def _open(self, row: Row[Any] | None) -> Interaction | None:
        if row is None:
            return None
        request = self._work.vault.unseal_json(_context(row.handle_hash), row.request)
        return Interaction(row.client_id, request, row.created_at)


def _context(handle_hash: str) -> str:
    return f"interaction|{handle_hash}"
