"""The holder of a DPoP key (RFC 9449), whose proofs cost little beside what they ask for."""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ES256 = ec.ECDSA(SHA256())


class Prover:
    """Signs proofs for one address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._key = ec.generate_private_key(ec.SECP256R1())
        point = self._key.public_key().public_numbers()
        x, y = (_encoded(each.to_bytes(32)) for each in (point.x, point.y))
        jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        self._header = _json({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk})

    def proof(self) -> str:
        """Return a proof of a POST now."""
        claims = {"htm": "POST", "htu": self._url, "iat": int(time.time())}
        message = f"{self._header}.{_json({**claims, 'jti': secrets.token_urlsafe(12)})}"
        r, s = decode_dss_signature(self._key.sign(message.encode(), ES256))
        return f"{message}.{_encoded(r.to_bytes(32) + s.to_bytes(32))}"


def _json(value: dict[str, object]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
