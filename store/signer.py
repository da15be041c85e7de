"""What this house signs for whoever checks it later: JWS in the compact form (RFC 7515), EdDSA.

The key is derived, not kept: whoever has the key file has it. It is none of those that sign tokens.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from store.cipher import Vault, derive


class Seals:
    """Reads what was signed, with the public key alone."""

    def __init__(self, public: Mapping[str, str]) -> None:
        """Take a public JWK (RFC 8037). Raises ValueError where it is none."""
        if (public.get("kty"), public.get("crv")) != ("OKP", "Ed25519"):
            raise ValueError("not an Ed25519 key")
        self._public = Ed25519PublicKey.from_public_bytes(_decoded(public["x"]))

    def open(self, token: str, typ: str) -> dict[str, Any] | None:
        """Return what was signed as this type; None where this key did not sign it."""
        message, _, signature = token.rpartition(".")
        try:
            self._public.verify(_decoded(signature), message.encode())
            header, payload = (json.loads(_decoded(part)) for part in message.split("."))
        except (InvalidSignature, ValueError):
            return None
        return dict(payload) if header.get("typ") == typ else None


class Signer(Seals):
    """Signs; the key stays when key-encryption keys come and go."""

    def __init__(self, vault: Vault) -> None:
        seed = derive(vault.pepper, "signer")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        super().__init__(self.public)

    @property
    def public(self) -> dict[str, str]:
        """The public JWK; its `kid` is the thumbprint (RFC 7638)."""
        x = _encoded(self._private.public_key().public_bytes_raw())
        named = {"crv": "Ed25519", "kty": "OKP", "x": x}
        thumbprint = hashlib.sha256(_json(named)).digest()
        return {**named, "kid": _encoded(thumbprint), "alg": "EdDSA", "use": "sig"}

    def sign(self, payload: Mapping[str, Any], typ: str) -> str:
        """Return the compact JWS."""
        header = {"alg": "EdDSA", "kid": self.public["kid"], "typ": typ}
        message = f"{_encoded(_json(header))}.{_encoded(_json(payload))}"
        return f"{message}.{_encoded(self._private.sign(message.encode()))}"


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
