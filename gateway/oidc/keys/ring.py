"""The keys that sign and the key set that validates, remembered for a few seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import KeySet, import_key

from contracts.clock import Clock
from contracts.errors import Misconfigured
from contracts.text import Text
from gateway.oidc.cache import Recent
from gateway.oidc.keys.jose import Signature, compact
from gateway.oidc.keys.keeper import Keeper
from gateway.oidc.keys.wrapped import WRAPPED
from store import Store
from store.keys import SigningKey

STALENESS = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs now, wherever its private part is held."""

    kid: str
    alg: str
    signature: Signature = field(repr=False)

    def sign(self, typ: str, claims: dict[str, Any]) -> str:
        """Return a compact JWS of the claims with an explicit `typ` (RFC 8725, section 3.11)."""
        return compact({"alg": self.alg, "typ": typ, "kid": self.kid}, claims, self.signature)


class KeyRing:
    """The keys of the store, opened once and remembered for a few seconds."""

    def __init__(self, store: Store, clock: Clock, keeper: Keeper = WRAPPED) -> None:
        self._store = store
        self._clock = clock
        self._keeper = keeper
        self._signers: Recent[Signer] = Recent(clock, STALENESS)
        self._public: Recent[KeySet] = Recent(clock, STALENESS)

    def signer(self, alg: str) -> Signer:
        """Return the key that signs now with this algorithm. Raises Misconfigured without one."""
        found = self._signers.get(alg, lambda: self._load(alg))
        if found is None:
            raise Misconfigured(Text("There is no signing key. Run: gatehouse keys rotate"))
        return found

    def public(self) -> KeySet:
        """Return every published key, for validation of our own tokens."""
        found = self._public.get("", self._published)
        return found or KeySet([])

    def _load(self, alg: str) -> Signer | None:
        with self._store.read() as tx:
            key = current(tx.keys.list(), alg, self._clock.now())
        return Signer(key.kid, key.alg, self._keeper.signature(key)) if key else None

    def _published(self) -> KeySet:
        return KeySet([import_key(key) for key in jwks(self._store)["keys"]])


def current(keys: Sequence[SigningKey], alg: str, now: datetime) -> SigningKey | None:
    """Return the youngest key of this algorithm that may sign now."""
    signing = [key for key in keys if key.alg == alg and key.signs_from <= now]
    return max(signing, key=lambda key: (key.signs_from, key.kid), default=None)


def jwks(store: Store) -> dict[str, Any]:
    """Return the JWK Set (RFC 7517, section 5): the public half of every published key."""
    with store.read() as tx:
        keys = sorted(tx.keys.list(), key=lambda key: (key.alg, key.signs_from, key.kid))
    return {"keys": [key.public for key in keys]}
