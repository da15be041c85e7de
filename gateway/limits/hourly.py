"""Counting what strangers ask for, hour by hour."""

from __future__ import annotations

from gateway.addresses import network
from gateway.limits.strain import HOUR
from store import Store


class Hourly:
    """Counts, each in a transaction of its own; where limits are off it counts nothing."""

    def __init__(self, store: Store, *, enabled: bool) -> None:
        self._store = store
        self._enabled = enabled

    def begin(self, kind: str, source: str, *, per_source: int, altogether: int) -> int:
        """Count for a network and, where it need not wait, for all; return the seconds to wait."""
        return self.hit(f"{kind}:{network(source)}", per_source) or self.hit(kind, altogether)

    def hit(self, key: str, limit: int) -> int:
        """Count once; return 0 up to the limit, beyond it the seconds to wait."""
        if not self._enabled:
            return 0
        with self._store.write() as tx:
            return tx.limits.hit(key, limit, HOUR)

    def peek(self, key: str, limit: int) -> int:
        """Return what the next `hit` would, without counting."""
        if not self._enabled:
            return 0
        with self._store.read() as tx:
            return tx.limits.peek(key, limit)
