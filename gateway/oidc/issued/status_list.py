"""Status lists (draft-ietf-oauth-status-list-21): which grants were revoked, for whoever asks.

A backend that checks tokens offline fetches one list for all of them, and learns of revocations
without telling us whose token it holds.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contracts.clock import Clock
from gateway.oidc.cache import Recent
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.settings import ProviderSettings
from store import Store
from store.grants import Grant
from store.statuses import A_DAY, SIZE

PATH = "/oauth/status-lists"
TYPE = "statuslist+jwt"
TTL = timedelta(seconds=15)
"""For how long a list may be held before it is fetched anew (section 5.1)."""
LIFETIME = timedelta(minutes=5)
"""After this a list says nothing any more, so that whoever cannot reach us hears of it."""
KEPT = timedelta(seconds=5)
"""For how long a worker answers with what it has made."""
BITS = 1
LONGEST = 7


@dataclass(frozen=True, slots=True)
class StatusListToken:
    """A list as it goes over the wire."""

    jwt: str


class StatusLists:
    """Makes the lists out of what was revoked."""

    def __init__(
        self, store: Store, clock: Clock, settings: ProviderSettings, keys: KeyRing
    ) -> None:
        """Sign with the first of the algorithms."""
        self._store = store
        self._clock = clock
        self._issuer = settings.issuer
        self._base = settings.issuer.rstrip("/")
        self._keys = keys
        self._alg = settings.algorithms[0]
        self._made: Recent[StatusListToken] = Recent(clock, KEPT)
        self._named: Recent[list[str]] = Recent(clock, KEPT)

    def get(self, name: str) -> StatusListToken | None:
        """Return the list of a name, None where there can be none."""
        number = int(name) if name.isdecimal() and len(name) <= LONGEST else -1
        if not 0 <= number < self._beyond() or str(number) != name:
            return None
        return self._made.get(name, lambda: self._make(number))

    def uris(self) -> list[str]:
        """Return the address of every list that a token may name (section 9.3)."""
        return self._named.get("", self._name) or []

    def _beyond(self) -> int:
        with self._store.read() as tx:
            return (tx.statuses.today() + 1) * A_DAY

    def _name(self) -> list[str]:
        with self._store.read() as tx:
            return [uri(self._base, number) for number in tx.statuses.lists()]

    def _make(self, number: int) -> StatusListToken:
        with self._store.read() as tx:
            revoked = tx.statuses.ended(number)
        now = self._clock.now()
        claims = {
            "sub": uri(self._base, number),
            "iss": self._issuer,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "ttl": int(TTL.total_seconds()),
            "status_list": {"bits": BITS, "lst": compressed(revoked)},
        }
        return StatusListToken(self._keys.signer(self._alg).sign(TYPE, claims))


def uri(base: str, number: int) -> str:
    """Return the address of a list."""
    return f"{base}{PATH}/{number}"


def reference(base: str, grant: Grant) -> Mapping[str, Any]:
    """Return the claim by which a token names its place, none where it has none (section 6.2)."""
    if grant.status_list is None:
        return {}
    address = uri(base.rstrip("/"), grant.status_list)
    return {"status": {"status_list": {"idx": grant.status_index, "uri": address}}}


def compressed(ended: Iterable[int], size: int = SIZE) -> str:
    """Return the bits of a list, the least significant of a byte first (sections 4.1, 4.2)."""
    bits = bytearray(size // 8)
    for index in ended:
        bits[index >> 3] |= 1 << (index & 7)
    return urlsafe_b64encode(zlib.compress(bytes(bits), 9)).rstrip(b"=").decode()


def metadata(base: str) -> Mapping[str, Any]:
    """Return what the authorization server's metadata says of it (section 9.3)."""
    return {"status_list_aggregation_endpoint": f"{base}{PATH}"}
