"""DPoP proofs as a resource server checks them (RFC 9449, sections 4.3 and 7)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from resource_server.spent import Spent
from resource_server.verifier import InvalidToken, instant, opened

ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "PS256")
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
WINDOW = 60
LONGEST = 4096


class InvalidProof(Exception):
    """The sender has not proven to hold the key; the reason is for the log."""


class Proofs:
    """Checks that whoever sends a token holds the key that it is bound to."""

    def __init__(self, spent: Spent) -> None:
        self._spent = spent

    def check(
        self, sent: Sequence[str], method: str, url: str, token: str, claims: dict[str, Any]
    ) -> None:
        """Raise InvalidProof where the one proof is not for this request and this token."""
        if len(sent) != 1:
            raise InvalidProof("no proof, or several")
        try:
            header, proof = opened(sent[0], LONGEST, _public_key)
            key = _public_key(header)
            at, jti = instant(proof, "iat"), str(proof["jti"])
        except (JoseError, ValueError, KeyError, RecursionError, InvalidToken) as error:
            raise InvalidProof(str(error)) from error
        _require(header.get("typ") == "dpop+jwt", "not a proof")
        _require(proof.get("htm") == method and _same(proof.get("htu"), url), "another request")
        _require(proof.get("ath") == hashed(token), "another token")
        _require(claims["cnf"].get("jkt") == key.thumbprint(), "another key")
        now = self._spent.now()
        _require(abs(at - now) <= WINDOW, "too old, or of the future")
        _require(len(jti) <= 256, "a jti without end")
        _require(self._spent.spend(f"proof {jti}", now + 2 * WINDOW), "a proof comes once")


def hashed(text: str) -> str:
    """Return the SHA-256 of a text in base64url without padding."""
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _public_key(header: dict[str, Any]) -> Key:
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or PRIVATE & set(jwk) or header.get("alg") not in ALGORITHMS:
        raise ValueError("no public key of an allowed algorithm")
    return import_key(jwk)


def _same(htu: object, url: str) -> bool:
    """Compare without query and fragment; scheme and host in any case (section 4.3, 9)."""
    if not isinstance(htu, str):
        return False
    sent, own = urlsplit(htu), urlsplit(url)
    return (sent.scheme, sent.netloc.lower(), sent.path) == (own.scheme, own.netloc, own.path)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise InvalidProof(reason)
