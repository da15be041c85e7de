"""A client that signs for itself: assertions, request objects, and forgeries of both."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from contracts.clock import Clock
from gateway.oidc.clients.rfc7523 import ASSERTION_TYPE
from store import Store
from store.client_metadata import ClientMetadata
from store.clients import Client
from tests.gateway.oidc.relying_party import ISSUER

Signature = Callable[[bytes], bytes]
OWN = {
    "ES256": ECKey.generate_key("P-256", {"kid": "es", "use": "sig"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
}
"""The keys of every signing client in the tests; the RSA one signs RS256 too."""
KINDS = {**OWN, "RS256": OWN["PS256"], "Ed25519": OWN["EdDSA"]}
STRANGE = ECKey.generate_key("P-256", {"kid": "es"})
"""A key of somebody else, under the name of a registered one."""


def public(*keys: Key) -> dict[str, Any]:
    """Return a JWK Set of the public halves."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def rsa(bits: int, exponent: int = 65537) -> dict[str, Any]:
    """Return a public RSA key as it would be registered; joserfc itself warns of a weak one."""
    numbers = generate_private_key(exponent, bits).public_key().public_numbers()
    parts = {"n": numbers.n, "e": numbers.e}
    return {"kty": "RSA", "kid": "weak"} | {
        name: base64url(number.to_bytes((number.bit_length() + 7) // 8))
        for name, number in parts.items()
    }


def metadata(**changes: Any) -> ClientMetadata:
    """Return what a client registers that signs for itself."""
    given = {
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": public(*OWN.values()),
        **changes,
    }
    return ClientMetadata(**given)


def add(store: Store, client: Client, **changes: Any) -> Client:
    """Store a client and return it."""
    made = replace(client, **changes)
    with store.write() as tx:
        tx.clients.add(made)
    return made


@dataclass
class SigningParty:
    """What a client that holds a key sends in the place of a secret."""

    clock: Clock
    client_id: str = "signer"
    alg: str = "ES256"
    header: dict[str, Any] = field(default_factory=dict)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of an assertion; a change to None leaves one out."""
        now = int(self.clock.now().timestamp())
        said = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    def assertion(self, **changes: Any) -> dict[str, str]:
        """Return the parameters that authenticate the client."""
        return shown(self.sign(self.claims(**changes)))

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a compact JWS by the client's own key."""
        key = KINDS[self.alg]
        header = {"alg": self.alg, "kid": key.kid, **self.header}
        kept = {name: value for name, value in header.items() if value is not None}
        return compact(json.dumps(kept), json.dumps(claims), signing(key, self.alg))


def shown(assertion: str) -> dict[str, str]:
    """Return the two parameters of an assertion (RFC 7523, section 2.2)."""
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


def signing(key: Key, alg: str) -> Signature:
    """Return what signs with a key."""
    algorithm = JWSRegistry.algorithms["Ed25519" if alg == "EdDSA" else alg]
    return lambda message: algorithm.sign(message, key)


def mac(key: bytes) -> Signature:
    """Return what makes an HMAC with bytes that everybody knows."""
    return lambda message: hmac.digest(key, message, "sha256")


def compact(header: str, claims: str, signature: Signature) -> str:
    """Return a compact JWS of texts, which need not be JSON."""
    message = f"{base64url(header.encode())}.{base64url(claims.encode())}"
    return f"{message}.{base64url(signature(message.encode()))}"


def base64url(data: bytes) -> str:
    """Encode without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
