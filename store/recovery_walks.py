"""People who show what they have left, in one browser, to begin a recovery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from contracts.assurance import AuthEvent
from contracts.errors import Expired
from store import once
from store.encoding import dump_events, load_events
from store.handles import new_handle
from store.models import recovery_walks
from store.work import Work


@dataclass(frozen=True, slots=True)
class RecoveryWalk:
    """What was shown so far, as it was read, at one version.

    `username` is what the person typed and `account_id` whose it is, empty for nobody's. `login` is
    the handle of the login they came from, empty where they came from none.
    """

    account_id: str
    username: str
    login: str = field(default="", repr=False)
    events: tuple[AuthEvent, ...] = ()
    handle_hash: str = field(default="", repr=False)
    version: int = 1


class RecoveryWalks:
    """Keeps walks, each bound to one browser and sealed; they advance by compare-and-swap."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self, walk: RecoveryWalk, browser: str, lifetime: timedelta) -> str:
        """Keep a new walk and return its handle."""
        handle = new_handle()
        handle_hash = self._hash(handle)
        row = {
            "handle_hash": handle_hash,
            "browser_hash": self._work.vault.browser(browser),
            "state": self._seal(handle_hash, walk),
            **{"failures": 0, "version": walk.version},
            "expires_at": self._work.now() + lifetime,
        }
        self._work.connection.execute(recovery_walks.insert(), row)
        return handle

    def find(self, handle: str, browser: str) -> RecoveryWalk | None:
        """Return this browser's walk; None where unknown, over or expired."""
        query = select(recovery_walks).where(
            recovery_walks.c.handle_hash == self._hash(handle),
            recovery_walks.c.browser_hash == self._work.vault.browser(browser),
            recovery_walks.c.expires_at > self._work.now(),
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else self._open(row)

    def advance(self, walk: RecoveryWalk) -> bool:
        """Write what was shown, if nobody else has written since it was read."""
        state = self._seal(walk.handle_hash, walk)
        values = {"state": state, "version": walk.version + 1}
        return self._change(values, _is(walk), _unmoved(walk)) is not None

    def failed(self, walk: RecoveryWalk) -> int:
        """Count a wrong answer; return how many there are so far. Raises Expired."""
        row = self._change({"failures": recovery_walks.c.failures + 1}, _is(walk))
        if row is None:
            raise Expired(detail="the walk is over")
        return int(row.failures)

    def close(self, walk: RecoveryWalk) -> bool:
        """End the walk at the version that was read; True for one caller alone."""
        row = once.take(self._work.connection, recovery_walks, _is(walk), _unmoved(walk))
        return row is not None

    def _change(self, values: dict[str, Any], *where: ColumnElement[bool]) -> Row[Any] | None:
        return once.change(self._work.connection, recovery_walks, values, *where)

    def _seal(self, handle_hash: str, walk: RecoveryWalk) -> bytes:
        return self._work.vault.seal_json(_context(handle_hash), _dump(walk))

    def _open(self, row: Row[Any]) -> RecoveryWalk:
        state = self._work.vault.unseal_json(_context(row.handle_hash), row.state)
        return RecoveryWalk(
            account_id=state["account_id"],
            username=state["username"],
            login=state["login"],
            events=load_events(state["events"]),
            handle_hash=row.handle_hash,
            version=row.version,
        )

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("recovery walk", handle)


def _dump(walk: RecoveryWalk) -> Mapping[str, Any]:
    return {
        "account_id": walk.account_id,
        "username": walk.username,
        "login": walk.login,
        "events": dump_events(walk.events),
    }


def _is(walk: RecoveryWalk) -> ColumnElement[bool]:
    return recovery_walks.c.handle_hash == walk.handle_hash


def _unmoved(walk: RecoveryWalk) -> ColumnElement[bool]:
    return recovery_walks.c.version == walk.version


def _context(handle_hash: str) -> str:
    return f"recovery_walks|{handle_hash}"
