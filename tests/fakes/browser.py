"""What a browser's modules do with WebCrypto, in Python: one key, and what it signs."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class RememberedBrowser:
    """Holds one key of one account; tests change its `origin` to lie."""

    def __init__(self, origin: str, curve: ec.EllipticCurve | None = None) -> None:
        self.origin = origin
        self._key = ec.generate_private_key(curve or ec.SECP256R1())

    @property
    def point(self) -> bytes:
        """The public key as WebCrypto exports it raw."""
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def id(self) -> str:
        """What names the key."""
        return encoded(sha256(self.point).digest())

    def create(self, challenge: str) -> str:
        """Answer `device-create`."""
        signature = self.sign("remember", challenge)
        return json.dumps({"key": encoded(self.point), "signature": signature})

    def prove(self, challenge: str) -> str:
        """Answer `device-get`."""
        return json.dumps({"id": self.id, "signature": self.sign("prove", challenge)})

    def sign(self, purpose: str, challenge: str) -> str:
        """Sign the statement of these parts, as `subtle.sign` does."""
        message = f"gatehouse device 1\n{purpose}\n{self.origin}\n{challenge}".encode()
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256())))
        size = (self._key.curve.key_size + 7) // 8
        return encoded(r.to_bytes(size) + s.to_bytes(size))
