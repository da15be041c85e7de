"""How often strangers may have codes sent, and be told that a name is taken."""

from __future__ import annotations

from contracts.errors import TooMany
from contracts.text import Text
from gateway.addresses import network
from gateway.limits.hourly import Hourly
from store import Store

MANY = Text("Too many accounts were asked for. Please wait a while and try again.")


class Limits:
    """Counts per hour, by the network a request came from and altogether."""

    def __init__(
        self, store: Store, *, enabled: bool, per_source: int, altogether: int, names: int
    ) -> None:
        self._hourly = Hourly(store, enabled=enabled)
        self._per_source = per_source
        self._altogether = altogether
        self._names = names

    def begin(self, source: str) -> None:
        """Count somebody who begins to sign up. Raises TooMany."""
        wait = self._hourly.begin(
            "signups", source, per_source=self._per_source, altogether=self._altogether
        )
        if wait:
            raise TooMany(MANY, detail=f"sign-ups from {source}", retry_after=wait)

    def ask(self, source: str) -> None:
        """Raise TooMany where a source was told of too many names that they are taken."""
        if wait := self._hourly.peek(_names(source), self._names):
            raise TooMany(detail=f"names from {source}", retry_after=wait)

    def told(self, source: str) -> None:
        """Count a name that a source was told is taken."""
        self._hourly.hit(_names(source), self._names)


def _names(source: str) -> str:
    return f"signups:names:{network(source)}"
