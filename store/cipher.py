"""Ciphers and keyed hashes: AES-256-GCM, HKDF-SHA256, HMAC-SHA256."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contracts.errors import Tampered
from store.keys_file import Keys

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION_BYTES = 2


def seal(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Encrypt under a 32-byte key: 12 bytes of random nonce, then the ciphertext and its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Decrypt what `seal` made with the same associated data. Raises Tampered."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        raise Tampered(detail="a ciphertext does not authenticate") from error


def derive(key: bytes, info: str) -> bytes:
    """Derive a 32-byte key for one use (HKDF, RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"gatehouse/{info}".encode()).derive(key)


class Vault:
    """Everything that is done with the keys of the key file."""

    def __init__(self, keys: Keys) -> None:
        self.pepper = keys.pepper
        self._current = keys.current
        self._digest_key = derive(keys.pepper, "digest")
        self._sealing = {version: derive(kek, "seal") for version, kek in keys.kek.items()}
        self._checking = {version: derive(kek, "check") for version, kek in keys.kek.items()}

    def digest(self, purpose: str, value: str) -> str:
        """Return the keyed hash under which a secret value is stored: 64 hexadecimal digits."""
        return _mac(self._digest_key, f"{purpose}\0{value}")

    def browser(self, browser: str) -> str:
        """Return the keyed hash of what binds a browser: every step kept for it has the same."""
        return self.digest("browser", browser)

    def seal(self, context: str, data: bytes) -> bytes:
        """Encrypt under the current key, bound to its version and to the place it is stored in."""
        bound = self.version + context.encode()
        return self.version + seal(self._sealing[self._current], data, bound)

    def unseal(self, context: str, data: bytes) -> bytes:
        """Decrypt what `seal` made for the same place. Raises Tampered."""
        version = data[:VERSION_BYTES]
        key = self._sealing.get(int.from_bytes(version, "big"))
        if key is None:
            raise Tampered(detail=f"{context} is sealed with a key that is not in the key file")
        return unseal(key, data[VERSION_BYTES:], version + context.encode())

    def reseal(self, context: str, data: bytes) -> bytes:
        """Seal anew under the current key. Raises Tampered."""
        return self.seal(context, self.unseal(context, data))

    @property
    def version(self) -> bytes:
        """What everything begins with that the current key seals."""
        return self._current.to_bytes(VERSION_BYTES, "big")

    def seal_json(self, context: str, content: Mapping[str, Any]) -> bytes:
        """Encrypt a JSON object."""
        return self.seal(context, json.dumps(dict(content)).encode())

    def unseal_json(self, context: str, data: bytes) -> dict[str, Any]:
        """Decrypt what `seal_json` made for the same place. Raises Tampered."""
        content: dict[str, Any] = json.loads(self.unseal(context, data))
        return content

    def needed(self) -> Mapping[str, str]:
        """Return the check values of what seals from now on: the current key and the pepper."""
        wanted = {f"key {self._current}", "pepper"}
        return {name: value for name, value in self.checks().items() if name in wanted}

    def checks(self) -> Mapping[str, str]:
        """Return a check value of every key, by name: it tells the key and nothing about it."""
        checks = {f"key {version}": _mac(key, "key") for version, key in self._checking.items()}
        return {**checks, "pepper": _mac(self._digest_key, "pepper")}


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()
