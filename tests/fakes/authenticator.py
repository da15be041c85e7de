"""A software authenticator and the browser around it: real keys, real signatures, no hardware."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.fakes.maker import Batch

ES256, EDDSA, RS256 = -7, -8, -257
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Read base64url with or without padding."""
    return urlsafe_b64decode(text + "==")


@dataclass
class Credential:
    """A key pair that the authenticator holds for one account of one relying party."""

    id: bytes
    rp_id: str
    user_handle: bytes
    key: PrivateKey


@dataclass
class Authenticator:
    """Answers the options of both ceremonies as a browser on `origin` would, with toJSON() text.

    Every field can be set to a wrong value, and `client` overrides members of the client data.
    """

    origin: str
    algorithm: int = ES256
    user_verified: bool = True
    backup_eligible: bool = False
    backed_up: bool = False
    counts: bool = True
    counter: int = 0
    rp_id: str | None = None
    rsa_bits: int = 2048
    id_bytes: int = 32
    copied: bytes | None = None
    present: bool = True
    batch: Batch | None = None
    extensions: Mapping[str, Any] | None = None
    client: Mapping[str, Any] = field(default_factory=dict)
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: Mapping[str, Any]) -> str:
        """Answer PublicKeyCredentialCreationOptionsJSON; one of a batch attests where asked to."""
        rp_id = self.rp_id or options["rp"]["id"]
        user_handle = decode(options["user"]["id"])
        identifier = self.copied or secrets.token_bytes(self.id_bytes)
        made = Credential(identifier, rp_id, user_handle, self._key())
        self.credentials.append(made)
        aaguid = self.batch.aaguid.bytes if self.batch else b"\0" * 16
        attested = aaguid + struct.pack(">H", len(made.id)) + made.id
        attested += cbor2.dumps(cose(made.key, self.algorithm))
        data = self._authenticator_data(rp_id, AT, attested)
        client = self._client_data("webauthn.create", options["challenge"])
        statement: Mapping[str, Any] = {"fmt": "none", "attStmt": {}}
        if self.batch and options.get("attestation", "none") != "none":
            statement = _packed(self.batch, data + hashlib.sha256(client).digest())
        response = {
            "clientDataJSON": encode(client),
            "attestationObject": encode(cbor2.dumps({**statement, "authData": data})),
            "transports": ["internal"],
        }
        return _credential(made, response)

    def get(self, options: Mapping[str, Any]) -> str:
        """Answer PublicKeyCredentialRequestOptionsJSON with a signed assertion."""
        allowed = [decode(each["id"]) for each in options.get("allowCredentials", [])]
        held = self._pick(allowed)
        data = self._authenticator_data(self.rp_id or options["rpId"])
        client = self._client_data("webauthn.get", options["challenge"])
        response = {
            "clientDataJSON": encode(client),
            "authenticatorData": encode(data),
            "signature": encode(sign(held.key, data + hashlib.sha256(client).digest())),
            "userHandle": encode(held.user_handle),
        }
        return _credential(held, response)

    def _pick(self, allowed: Sequence[bytes]) -> Credential:
        return next(c for c in self.credentials if not allowed or c.id in allowed)

    def _key(self) -> PrivateKey:
        if self.algorithm == EDDSA:
            return ed25519.Ed25519PrivateKey.generate()
        if self.algorithm == RS256:
            return rsa.generate_private_key(65537, self.rsa_bits)
        return ec.generate_private_key(ec.SECP256R1())

    def _authenticator_data(self, rp_id: str, more: int = 0, attested: bytes = b"") -> bytes:
        self.counter += self.counts
        flags = self.present * UP | more | self.user_verified * UV
        flags |= (
            (self.extensions is not None) * ED | self.backup_eligible * BE | self.backed_up * BS
        )
        rp_id_hash = hashlib.sha256(rp_id.encode()).digest()
        head = struct.pack(">BI", flags, self.counter if self.counts else 0)
        extensions = b"" if self.extensions is None else cbor2.dumps(self.extensions)
        return rp_id_hash + head + attested + extensions

    def _client_data(self, kind: str, challenge: str) -> bytes:
        found = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**found, **self.client}).encode()


def cose(key: PrivateKey, algorithm: int) -> dict[int, Any]:
    """Return the COSE form (RFC 9052) of the public key, with the algorithm it claims."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return {1: 2, 3: algorithm, -1: 1, -2: x, -3: y}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: algorithm, -1: 6, -2: key.public_key().public_bytes_raw()}
    numbers = key.public_key().public_numbers()
    n, e = numbers.n.to_bytes(key.key_size // 8, "big"), numbers.e.to_bytes(3, "big")
    return {1: 3, 3: algorithm, -1: n, -2: e}


def sign(key: PrivateKey, data: bytes) -> bytes:
    """Sign as the key's kind does."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(SHA256()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    return key.sign(data, padding.PKCS1v15(), SHA256())


def _packed(batch: Batch, signed: bytes) -> Mapping[str, Any]:
    """Return the packed statement of a batch (8.2)."""
    statement = {"alg": ES256, "sig": sign(batch.key, signed), "x5c": batch.chain}
    return {"fmt": "packed", "attStmt": statement}


def _credential(held: Credential, response: Mapping[str, Any]) -> str:
    found = {"id": encode(held.id), "rawId": encode(held.id), "type": "public-key"}
    return json.dumps({**found, "response": response, "clientExtensionResults": {}})
