"""JSON Web Signatures in compact form (RFC 7515), made of and checked with our own algorithms."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection
from typing import Any

from joserfc import jwt
from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwk import KeyFlexible
from joserfc.jws import JWSRegistry

from gateway.oidc.keys.algorithms import ALGORITHMS

Signature = Callable[[bytes], bytes]
"""Signs a message as RFC 7518, section 3 lays a signature out; an ECDSA one is r and s, raw."""


class Allowed(JWSRegistry):
    """Knows exactly these algorithms, and does not warn of the name `EdDSA` as joserfc's own."""

    def get_alg(self, name: str) -> Any:  # noqa: ANN401 - joserfc does not export its type
        """Return an algorithm. Raises UnsupportedAlgorithmError."""
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


def decoded(token: str, key: KeyFlexible, algorithms: Collection[str] = ALGORITHMS) -> jwt.Token:
    """Return a token whose signature holds. Raises JoseError or ValueError."""
    return jwt.decode(token, key, registry=Allowed(algorithms=algorithms))


def compact(header: dict[str, Any], claims: dict[str, Any], signature: Signature) -> str:
    """Return the compact serialization of signed claims (RFC 7515, section 7.1)."""
    signed = b".".join(_base64url(_json(part)) for part in (header, claims))
    return (signed + b"." + _base64url(signature(signed))).decode()


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
