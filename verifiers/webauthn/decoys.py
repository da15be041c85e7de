"""Passkeys that nobody has, shown and judged where there is none."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor
from webauthn.helpers.cose import COSECRV, COSEKTY, COSEAlgorithmIdentifier, COSEKey

from verifiers.webauthn.passkey import Passkey

COUNTS = (1, 1, 1, 1, 1, 2, 2, 3)
"""How many passkeys people have."""
SHAPES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (20, ("hybrid", "internal")),
    (16, ("hybrid", "internal")),
    (32, ("internal",)),
    (32, ("hybrid", "internal")),
    (48, ("usb",)),
    (64, ("nfc", "usb")),
)
"""Bytes of a credential id, and the transports, as providers and keys have them."""


def decoys(pepper: bytes, username: str) -> Sequence[Passkey]:
    """Return the passkeys a name would have, always the same ones (WebAuthn Level 3, 14.6.2)."""
    seed = hmac.digest(pepper, b"decoys/1\0" + username.casefold().encode(), hashlib.sha256)
    count = COUNTS[seed[0] % len(COUNTS)]
    return [_decoy(hmac.digest(seed, bytes([number]), hashlib.sha512)) for number in range(count)]


def nobodys() -> Passkey:
    """Return a passkey to judge an assertion against where there is none."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    key = {
        COSEKey.KTY: COSEKTY.EC2,
        COSEKey.ALG: COSEAlgorithmIdentifier.ECDSA_SHA_256,
        COSEKey.CRV: COSECRV.P256,
        COSEKey.X: public.x.to_bytes(32, "big"),
        COSEKey.Y: public.y.to_bytes(32, "big"),
    }
    encoded = encode_cbor({int(name): value for name, value in key.items()})
    return _passkey("", (), bytes_to_base64url(encoded))


def _decoy(seed: bytes) -> Passkey:
    size, transports = SHAPES[seed[0] % len(SHAPES)]
    identifier = hashlib.shake_256(seed).digest(size)
    return _passkey(bytes_to_base64url(identifier), transports, "")


def _passkey(identifier: str, transports: tuple[str, ...], public_key: str) -> Passkey:
    return Passkey(
        credential_id=identifier,
        public_key=public_key,
        sign_count=0,
        transports=transports,
        aaguid="",
        backup_eligible=False,
        backed_up=False,
    )
