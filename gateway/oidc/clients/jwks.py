"""The public keys of clients (RFC 7517): registered with them, or published at their `jwks_uri`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from contracts.clock import Clock
from gateway.oidc.fetching.fetch import Fetcher, FetchFailed
from gateway.oidc.jws import PRIVATE, decoded
from store.clients import OPERATOR, Client

MOST_KEYS = 20
BYTES = 16 * 1024
SIZE = 1000
FRESH = timedelta(hours=1)
"""The longest that a key counts which its client has withdrawn."""
AGAIN = timedelta(seconds=30)
"""How soon a document is asked for again, after a failure or for a key it did not have."""

PARTS = {"EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "RSA": ("n", "e")}
CURVES = {
    "EC": frozenset({"P-256", "P-384", "P-521"}),
    "OKP": frozenset({"Ed25519", "X25519"}),
    "RSA": frozenset({""}),
}
RSA_BITS = range(2048, 4097)
EXPONENT_BITS = range(2, 34)
"""Below, RSA is weak; beyond, whoever publishes a key decides how long we reckon with it."""

FITS: Mapping[str, tuple[str, frozenset[str]]] = {
    "ES256": ("EC", frozenset({"P-256"})),
    "EdDSA": ("OKP", frozenset({"Ed25519"})),
    "Ed25519": ("OKP", frozenset({"Ed25519"})),
    "PS256": ("RSA", frozenset()),
    "RS256": ("RSA", frozenset()),
}
"""The type of key and the curves that an algorithm of signatures needs (RFC 7518, section 3.1)."""


OPERATIONS = {
    "sig": frozenset({"verify"}),
    "enc": frozenset({"encrypt", "wrapKey", "deriveKey", "deriveBits"}),
}
"""What `key_ops` of a public key has to name (RFC 7517, section 4.3)."""


class UnusableKeys(ValueError):
    """A JWK Set that must not be trusted, or none at all."""


def usable(jwks: object) -> tuple[Key, ...]:
    """Return the public keys of a JWK Set; unknown kinds are left out (RFC 7517, section 5).

    Raises UnusableKeys where a key is private, symmetric, weak or broken: such a set is in wrong
    hands, and no part of it counts.
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise UnusableKeys("not a JWK Set, or one of more than 20 keys")
    return tuple(key for jwk in keys for key in _usable(jwk))


def _usable(jwk: object) -> Iterator[Key]:
    if not isinstance(jwk, dict) or PRIVATE & jwk.keys() or jwk.get("kty") == "oct":
        raise UnusableKeys("a key is private or symmetric, or no key at all")
    kty = str(jwk.get("kty"))
    if str(jwk.get("crv", "")) not in CURVES.get(kty, ()):
        return
    about = [name for name in ("kid", "use", "alg") if name in jwk]
    kept = {name: jwk.get(name) for name in ("kty", *PARTS[kty], *about)}
    if not all(isinstance(value, str) for value in kept.values()):
        raise UnusableKeys("a member of a key is no text")
    if "key_ops" in jwk:
        kept["key_ops"] = jwk["key_ops"]
    try:
        _check_rsa(kept)
        yield _imported(kept)
    except (JoseError, ValueError) as error:
        raise UnusableKeys("a key is broken or weak") from error


def _imported(jwk: dict[str, Any]) -> Key:
    key = import_key(jwk)
    _ = key.public_key
    return key


def _check_rsa(jwk: dict[str, Any]) -> None:
    if jwk["kty"] != "RSA":
        return
    bits = {name: int.from_bytes(decoded(jwk[name])).bit_length() for name in ("n", "e")}
    if bits["n"] not in RSA_BITS or bits["e"] not in EXPONENT_BITS:
        raise UnusableKeys("an RSA key is shorter than 2048 bits, or longer than anybody needs")


@dataclass(slots=True)
class Published:
    """The keys at one address, as they were fetched last."""

    keys: tuple[Key, ...] = ()
    fresh_until: datetime | None = None
    asked_at: datetime | None = None
    lock: Lock = field(default_factory=Lock)


class ClientKeys:
    """Finds the key that a client means. Nothing is fetched that was not registered.

    Keys of strangers are fetched and remembered apart from those of an operator's clients.
    """

    def __init__(self, fetcher: Fetcher, clock: Clock, operators: Fetcher | None = None) -> None:
        self._strangers = fetcher
        self._operators = operators or fetcher
        self._clock = clock
        self._published: dict[tuple[str, ...], Published] = {}

    def verifying(self, client: Client, alg: str, kid: str) -> Key | None:
        """Return the key for a signature: the one it names, or the only one that fits."""
        found = [
            key
            for key in self.of(client, kid)
            if _fits(key, alg) and _meant(key, "sig", alg) and (not kid or key.kid == kid)
        ]
        return found[0] if len(found) == 1 else None

    def encrypting(self, client: Client, alg: str, kty: Sequence[str]) -> Key | None:
        """Return the first key of these types that may encrypt with an algorithm."""
        return next((key for key in self.of(client) if encrypts(key, alg, kty)), None)

    def of(self, client: Client, kid: str = "") -> tuple[Key, ...]:
        """Return a client's keys, asking its `jwks_uri` again for a `kid` that is not known yet."""
        metadata = client.metadata
        if not metadata.jwks_uri:
            return registered(client)
        known = client.source == OPERATOR
        published = self._remembered(client.source, metadata.jwks_uri)
        # Whoever registers itself may answer slowly: its callers do not wait for one another.
        if published.lock.acquire(blocking=known):
            try:
                if self._due(published, kid):
                    fetcher = self._operators if known else self._strangers
                    self._fetch(fetcher, metadata.jwks_uri, published)
            finally:
                published.lock.release()
        return published.keys

    def _remembered(self, *whose: str) -> Published:
        if len(self._published) >= SIZE:
            self._published = {}
        return self._published.setdefault(whose, Published())

    def _due(self, published: Published, kid: str) -> bool:
        now = self._clock.now()
        if published.asked_at is not None and now - published.asked_at < AGAIN:
            return False
        stale = published.fresh_until is None or now >= published.fresh_until
        return stale or bool(kid and all(key.kid != kid for key in published.keys))

    def _fetch(self, fetcher: Fetcher, uri: str, published: Published) -> None:
        """Fetch; a set that cannot be had or trusted leaves what is still fresh as it was."""
        now = published.asked_at = self._clock.now()
        if published.fresh_until is None or now >= published.fresh_until:
            published.keys = ()
        try:
            fetched = fetcher.get(uri, BYTES)
            published.keys = usable(fetched.content)
        except (FetchFailed, UnusableKeys):
            return
        published.fresh_until = now + min(fetched.fresh_for, FRESH)


def signs(key: Key) -> bool:
    """Tell whether a key may sign with an algorithm that is taken here."""
    return any(_fits(key, alg) and _meant(key, "sig", alg) for alg in FITS)


def _fits(key: Key, alg: str) -> bool:
    kty, curves = FITS[alg]
    return key.key_type == kty and (not curves or key.get("crv") in curves)


def registered(client: Client) -> tuple[Key, ...]:
    """Return the keys that a client was registered with, none where they must not be trusted."""
    try:
        return usable(client.metadata.jwks)
    except UnusableKeys:
        return ()


def encrypts(key: Key, alg: str, kty: Sequence[str]) -> bool:
    """Tell whether a key of these types may encrypt with an algorithm."""
    curve = key.get("crv", "P-256")
    return key.key_type in kty and curve != "Ed25519" and _meant(key, "enc", alg)


def _meant(key: Key, use: str, alg: str) -> bool:
    """Tell whether `use`, `key_ops` and `alg` of a key, where it has them, allow this."""
    own = {"EdDSA", "Ed25519"} if alg in {"EdDSA", "Ed25519"} else {alg}
    said = key.get("use", use) == use and key.get("alg", alg) in own
    operations = key.get("key_ops")
    return said and (operations is None or not OPERATIONS[use].isdisjoint(operations))
