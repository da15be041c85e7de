"""Security event tokens (RFC 8417; Shared Signals 1.0, section 4)."""

from __future__ import annotations

from typing import Any

from gateway.oidc.issued.nested import id_token_alg
from gateway.oidc.keys.ring import KeyRing
from store.clients import Client
from store.stream_events import Waiting

TYPE = "secevent+jwt"
INTEROPERABLE = "RS256"
"""What every receiver of CAEP can verify (interoperability profile, section 2.6)."""


class SecurityEventTokens:
    """Signs what waits for a receiver; sent again, it says the same under the same `jti`."""

    def __init__(self, issuer: str, keys: KeyRing, algorithms: tuple[str, ...]) -> None:
        self._issuer = issuer
        self._keys = keys
        self._algorithms = algorithms

    def sign(self, client: Client, waiting: Waiting) -> str:
        """Return a `secevent+jwt`; it has no `exp` and no `sub`, so it never passes for a login."""
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": client.id,
            "iat": int(waiting.created_at.timestamp()),
            "jti": waiting.jti,
            **waiting.payload,
        }
        interoperable = INTEROPERABLE in self._algorithms
        alg = INTEROPERABLE if interoperable else id_token_alg(client)
        return self._keys.signer(alg).sign(TYPE, claims)
