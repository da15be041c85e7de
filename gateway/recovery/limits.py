"""How often recoveries may be tried, by the network, by the name and altogether."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from contracts.errors import TooMany
from contracts.text import Text
from gateway.addresses import network
from gateway.limits.hourly import Hourly
from gateway.limits.strain import HOUR
from store import Store

MONTH = timedelta(days=30)
MOST = 100
"""Wrong answers of strangers about one factor of one name in a month (SP 800-63B-4, 3.2.2). They
disable nothing: whoever logs in is not concerned, and a recovery can begin with something else."""

BLIND = 3
"""Codes an hour that strangers can have sent to whoever's name they know: fewer than a login's."""

MANY = Text("Too many recoveries were asked for. Please wait a while and try again.")
SENT = Text("Too many codes were asked for. Please wait an hour, or choose another way.")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is allowed in an hour; `enabled` is for all of it."""

    enabled: bool
    per_source: int
    altogether: int
    tries: int
    wrong: int


class Limits:
    """Counts before anything is judged; names nobody has count as others do."""

    def __init__(self, store: Store, bounds: Bounds) -> None:
        self._store = store
        self._bounds = bounds
        self._hourly = Hourly(store, enabled=bounds.enabled)

    def begin(self, source: str) -> None:
        """Count somebody who begins to recover an account. Raises TooMany."""
        per_source, altogether = self._bounds.per_source, self._bounds.altogether
        wait = self._hourly.begin(
            "recoveries", source, per_source=per_source, altogether=altogether
        )
        if wait:
            raise TooMany(MANY, detail=f"recoveries from {source}", retry_after=wait)

    def send(self, name: str) -> None:
        """Count a code that is sent to a name before anything was proven. Raises TooMany."""
        if wait := self._hourly.hit(f"recoveries:sent:{name}", BLIND):
            raise TooMany(SENT, detail="codes of recoveries", retry_after=wait)

    def source(self, address: str) -> None:
        """Raise TooMany for a network that was wrong too often."""
        if wait := self._hourly.peek(_wrong(address), self._bounds.wrong):
            raise TooMany(detail=f"source {address}", retry_after=wait)

    def judge(self, name: str, factor: str) -> None:
        """Count an answer that is about to be judged. Raises TooMany.

        Apart from the tries of logins: whoever hammers here locks nobody out there.
        """
        if not self._bounds.enabled:
            return
        hour, month = _tries(name, factor)
        with self._store.write() as tx:
            tried = tx.limits.attempt(hour, self._bounds.tries, HOUR)
            wait = tried.wait or tx.limits.hit(month, MOST, MONTH)
        if wait:
            raise TooMany(detail=factor, retry_after=wait)

    def right(self, name: str, factor: str) -> None:
        """Uncount an answer that was right."""
        with self._store.write() as tx:
            for key in _tries(name, factor):
                tx.limits.take_back(key)

    def wrong(self, address: str) -> None:
        """Count a wrong answer, or a code that is none, for the network it came from."""
        self._hourly.hit(_wrong(address), self._bounds.wrong)


def _tries(name: str, factor: str) -> tuple[str, str]:
    return f"recoveries:{factor}:{name}", f"recoveries:month:{factor}:{name}"


def _wrong(address: str) -> str:
    return f"recoveries:wrong:{network(address)}"
