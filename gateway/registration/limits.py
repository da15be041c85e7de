"""How often strangers may have codes sent, and be told that a name is taken."""

from __future__ import annotations

from datetime import timedelta

from contracts.errors import TooMany
from contracts.text import Text
from gateway.addresses import network
from store import Store

HOUR = timedelta(hours=1)
MANY = Text("Too many accounts were asked for. Please wait a while and try again.")


class Limits:
    """Counts per hour, by the network a request came from and altogether."""

    def __init__(
        self, store: Store, *, enabled: bool, per_source: int, altogether: int, names: int
    ) -> None:
        self._store = store
        self._enabled = enabled
        self._per_source = per_source
        self._altogether = altogether
        self._names = names

    def begin(self, source: str) -> None:
        """Count somebody who begins to sign up. Raises TooMany."""
        mine = self._wait(f"signups:{network(source)}", self._per_source)
        wait = mine or self._wait("signups", self._altogether)
        if wait:
            raise TooMany(MANY, detail=f"sign-ups from {source}", retry_after=wait)

    def ask(self, source: str) -> None:
        """Raise TooMany where a source was told of too many names that they are taken."""
        with self._store.read() as tx:
            wait = tx.limits.peek(_names(source), self._names) if self._enabled else 0
        if wait:
            raise TooMany(detail=f"names from {source}", retry_after=wait)

    def told(self, source: str) -> None:
        """Count a name that a source was told is taken."""
        self._wait(_names(source), self._names)

    def _wait(self, key: str, limit: int) -> int:
        if not self._enabled:
            return 0
        with self._store.write() as tx:
            return tx.limits.hit(key, limit, HOUR)


def _names(source: str) -> str:
    return f"signups:names:{network(source)}"
