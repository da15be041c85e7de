"""Resource indicators (RFC 8707): which protected resource a token is meant for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from contracts.clock import Clock
from gateway.oidc.cache import Recent
from store import Client, Store, Transaction
from store.resources import Resource

MOST = 10
INDICATOR = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,230}")
STALENESS = timedelta(seconds=2)
UNKNOWN = "The resource is not known, or not open to this client."


def check(values: Sequence[str], client: Client, tx: Transaction) -> None:
    """Raise ValueError, which is `invalid_target`, unless the client may have each (section 2)."""
    if len(values) > MOST:
        raise ValueError("Too many resources.")
    for value in values:
        well_formed(value)
        found = tx.resources.get(value)
        if found is None or not found.serves(client):
            raise ValueError(UNKNOWN)


def well_formed(value: str) -> None:
    """Raise ValueError for anything but an absolute URI without a fragment (section 2)."""
    if "#" in value or not INDICATOR.fullmatch(value):
        raise ValueError("A resource must be an absolute URI without a fragment.")


class Resources:
    """Looks resources up at the token endpoint, remembering each for two seconds."""

    def __init__(self, store: Store, clock: Clock, staleness: timedelta = STALENESS) -> None:
        self._store = store
        self._recent: Recent[Resource] = Recent(clock, staleness)

    def get(self, uri: str) -> Resource | None:
        """Return the resource of an indicator."""
        return self._recent.get(uri, lambda: self._load(uri))

    def serving(self, uri: str, client: Client) -> Resource:
        """Return a resource that the client may have. Raises ValueError."""
        well_formed(uri)
        found = self.get(uri)
        if found is None or not found.serves(client):
            raise ValueError(UNKNOWN)
        return found

    def _load(self, uri: str) -> Resource | None:
        with self._store.read() as tx:
            return tx.resources.get(uri)
