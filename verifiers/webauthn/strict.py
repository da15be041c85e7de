"""The shape of what a browser sends, checked before py_webauthn decodes it.

Where bytes are not what authenticators write, ValueError is raised.
"""

from __future__ import annotations

import json

import cbor2

from verifiers.webauthn import cbor

LARGEST_CREDENTIAL = 65_536
"""In characters of JSON."""

LARGEST_CLIENT_DATA = 4096
LARGEST_ATTESTATION = 32_768
LARGEST_AUTHENTICATOR_DATA = 4096
"""In bytes; a TPM's statement with its certificates has about 6,000."""

HEAD = 37
"""Hash of the relying party's id, flags, counter (6.1)."""
AAGUID = 16
ATTESTED, EXTENDED = 0x40, 0x80


def client_data(data: bytes) -> None:
    """Refuse a ceremony in a frame of another site (7.1, steps 10 and 11; 7.2, 13 and 14)."""
    if len(data) > LARGEST_CLIENT_DATA:
        raise ValueError(f"client data of {len(data)} bytes")
    found = json.loads(data)
    if not isinstance(found, dict) or found.get("crossOrigin") or "topOrigin" in found:
        raise ValueError("made in a cross-origin frame")


def attestation_object(data: bytes) -> None:
    """Refuse what is larger or stranger than an attestation object (6.5.4)."""
    if len(data) > LARGEST_ATTESTATION:
        raise ValueError(f"an attestation object of {len(data)} bytes")
    cbor.check(data)
    found = cbor2.loads(data, allow_duplicate_keys=False)
    if not isinstance(found, dict) or set(found) != {"fmt", "attStmt", "authData"}:
        raise ValueError("not an attestation object")
    authenticator_data(found["authData"])


def authenticator_data(data: bytes) -> None:
    """Refuse parts that the flags do not announce, and CBOR that is not canonical (6.1)."""
    if not isinstance(data, bytes) or not HEAD <= len(data) <= LARGEST_AUTHENTICATOR_DATA:
        raise ValueError("not authenticator data")
    flags, at = data[32], HEAD
    if flags & ATTESTED:
        length = at + AAGUID
        at = cbor.item(data, length + 2 + int.from_bytes(data[length : length + 2], "big"))
    if flags & EXTENDED:
        at = cbor.item(data, at)
    if at != len(data):
        raise ValueError(f"{len(data) - at} bytes follow the authenticator data")
