"""How often a person, a factor and an address may be wrong; counted in the store."""

from __future__ import annotations

from datetime import timedelta

from contracts.errors import TooMany
from gateway.addresses import network
from store import Store

HOUR = timedelta(hours=1)


class Limits:
    """Counts attempts before they are judged, so that parallel ones cannot slip through."""

    def __init__(self, store: Store, *, enabled: bool, per_account: int, per_source: int) -> None:
        self._store = store
        self._enabled = enabled
        self._per_account = per_account
        self._per_source = per_source

    def allow(self, who: str, factor: str) -> bool:
        """Count one attempt of a factor for a person; False where it must be refused."""
        return self._wait(f"factor:{factor}:{who}", self._per_account) == 0

    def demand(self, who: str, factor: str) -> None:
        """Count one attempt and raise TooMany where it must be refused."""
        wait = self._wait(f"factor:{factor}:{who}", self._per_account)
        if wait:
            raise TooMany(detail=f"{factor} of {who}", retry_after=wait)

    def forgive(self, who: str, factor: str) -> None:
        """Uncount the attempt that proved a factor: what was wrong before it stays counted."""
        with self._store.write() as tx:
            tx.limits.take_back(f"factor:{factor}:{who}")

    def source(self, address: str) -> None:
        """Raise TooMany for an address that was wrong too often."""
        with self._store.read() as tx:
            wait = tx.limits.peek(_source(address), self._per_source) if self._enabled else 0
        if wait:
            raise TooMany(detail=f"source {address}", retry_after=wait)

    def blame(self, address: str) -> None:
        """Count a wrong answer for the address it came from."""
        self._wait(_source(address), self._per_source)

    def _wait(self, key: str, limit: int) -> int:
        if not self._enabled:
            return 0
        with self._store.write() as tx:
            return tx.limits.hit(key, limit, HOUR)


def _source(address: str) -> str:
    return f"source:{network(address)}"
