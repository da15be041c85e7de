"""The signing keys: made at first start, published before they sign, kept while tokens live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, RSAKey, import_key

from contracts.clock import Clock
from contracts.errors import Misconfigured
from contracts.text import Text
from gateway.oidc.cache import Recent
from store import Store
from store.keys import SigningKey

ALGORITHMS = ("ES256", "RS256")
JWKS_MAX_AGE = timedelta(minutes=5)
PUBLISHED_AHEAD = JWKS_MAX_AGE + timedelta(minutes=1)
"""A new key is published this long before it signs: every cached JWKS has it by then."""

STALENESS = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs now."""

    kid: str
    alg: str
    key: Key = field(repr=False)

    def sign(self, typ: str, claims: dict[str, Any]) -> str:
        """Return a compact JWS of the claims with an explicit `typ` (RFC 8725, section 3.11)."""
        header = {"alg": self.alg, "typ": typ, "kid": self.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.alg])


class KeyRing:
    """The keys of the store, parsed once and remembered for a few seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
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
        return Signer(key.kid, key.alg, import_key(json.loads(key.private))) if key else None

    def _published(self) -> KeySet:
        return KeySet([import_key(key) for key in jwks(self._store)["keys"]])


def current(keys: Sequence[SigningKey], alg: str, now: datetime) -> SigningKey | None:
    """Return the youngest key of this algorithm that may sign now."""
    signing = [key for key in keys if key.alg == alg and key.signs_from <= now]
    return max(signing, key=lambda key: key.signs_from, default=None)


def jwks(store: Store) -> dict[str, Any]:
    """Return the JWK Set (RFC 7517, section 5): the public half of every published key."""
    with store.read() as tx:
        keys = sorted(tx.keys.list(), key=lambda key: (key.alg, key.signs_from, key.kid))
    return {"keys": [key.public for key in keys]}


def ensure(store: Store, clock: Clock) -> None:
    """Make a key for each algorithm that has none, as happens at first start."""
    now = clock.now()
    with store.write() as tx:
        held = tx.keys.list()
        for alg in ALGORITHMS:
            if current(held, alg, now) is None:
                tx.keys.add(make(alg, signs_from=now))


def rotate(store: Store, clock: Clock, *, longest_token: timedelta) -> list[SigningKey]:
    """Publish the next key of each algorithm and set the end of the one it replaces.

    The next key signs once every cached JWKS has it; the old one stays published until the last
    token it signed has expired. A key that still waits for its turn is not followed by another.
    """
    now = clock.now()
    with store.write() as tx:
        held = tx.keys.list()
        made = [make(alg, signs_from=now + PUBLISHED_AHEAD) for alg in _due(held, now)]
        for key in made:
            tx.keys.add(key)
            for old in held:
                if old.alg == key.alg and old.retires_at is None:
                    tx.keys.retire(old.kid, key.signs_from + longest_token + PUBLISHED_AHEAD)
        tx.audit.add("keys.rotated", detail={"kids": [key.kid for key in made]})
    return made


def _due(held: Sequence[SigningKey], now: datetime) -> list[str]:
    waiting = {key.alg for key in held if key.signs_from > now}
    return [alg for alg in ALGORITHMS if alg not in waiting]


def make(alg: str, *, signs_from: datetime) -> SigningKey:
    """Generate a key pair; its `kid` is its thumbprint (RFC 7638)."""
    key = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(2048)
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": alg}
    return SigningKey(
        kid=kid,
        alg=alg,
        public=public,
        private=json.dumps(key.as_dict(private=True)).encode(),
        signs_from=signs_from,
        retires_at=None,
    )
