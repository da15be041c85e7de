"""The key of a browser: ECDSA on P-256 with SHA-256, and the one statement that it signs."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.errors import BadRequest

CURVE, HASH = ec.SECP256R1(), ec.ECDSA(SHA256())
POINT, HALF = 65, 32
"""Bytes of an uncompressed point and of each half of a signature (SEC 1, 2.3.3; P1363)."""

LONGEST = 1024
"""Characters of an answer; a true one has about two hundred."""


class Purpose(StrEnum):
    """What a signature is for: one that was made for another purpose is none."""

    REMEMBER = "remember"
    PROVE = "prove"


def statement(purpose: Purpose, origin: str, challenge: str) -> bytes:
    """Return what is signed: whose format, what for, where, and the challenge of one ceremony."""
    return "\n".join(["gatehouse device 1", purpose, origin, challenge]).encode()


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A point on the curve, as `SubtleCrypto.exportKey("raw")` gives it."""

    point: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read a point. Raises BadRequest where it is none, or not uncompressed."""
        point = _bytes(text, POINT)
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        except ValueError:
            raise BadRequest(detail="no point on P-256") from None
        return cls(point)

    @classmethod
    def nobodys(cls) -> PublicKey:
        """Make a key whose private half is gone, so that who has none is judged as long."""
        public = ec.generate_private_key(CURVE).public_key()
        return cls(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def text(self) -> str:
        """Return the point as base64url."""
        return encoded(self.point)

    @property
    def id(self) -> str:
        """Return what names the key: its SHA-256 as base64url."""
        return encoded(sha256(self.point).digest())

    def signed(self, message: bytes, signature: str) -> bool:
        """Tell whether this key signed the message. Raises BadRequest where malformed."""
        halves = _bytes(signature, 2 * HALF)
        r, s = (int.from_bytes(half) for half in (halves[:HALF], halves[HALF:]))
        key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, self.point)
        try:
            key.verify(encode_dss_signature(r, s), message, HASH)
        except InvalidSignature:
            return False
        return True


def read(answer: str, *members: str) -> list[str]:
    """Read these members of a JSON object, all of them text. Raises BadRequest."""
    try:
        found: Any = json.loads(answer) if len(answer) <= LONGEST else None
    except (ValueError, RecursionError):
        found = None
    values = [found.get(name) for name in members] if isinstance(found, dict) else []
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != len(members):
        raise BadRequest(detail=f"no object with {' and '.join(members)}")
    return texts


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str, length: int) -> bytes:
    try:
        data = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise BadRequest(detail="no base64url") from None
    if len(data) != length:
        raise BadRequest(detail=f"{len(data)} bytes in place of {length}")
    return data
