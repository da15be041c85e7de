"""How a kiosk signs a call: a JWT about one request, in the manner of DPoP (RFC 9449, section 4).

The header `Station-Proof` carries it. It is checked on the raw body, before anything of the body
is decoded; `bsh` binds the body as `ath` binds a token there.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from contracts.errors import BadRequest, NotAuthenticated

HEADER = "Station-Proof"
ENROLMENT = "enrolment"
"""Form field of the handle that a ticket opened; every later call carries it, signed."""

TYPE = "station-proof+jwt"
ALGORITHM = "ES256"
CURVE = "P-256"
LEEWAY = timedelta(seconds=60)
LONGEST = 2048

PublicKey = Mapping[str, str]
"""A public EC key as a JWK (RFC 7517)."""


@dataclass(frozen=True, slots=True)
class Call:
    """The request a proof is about: `url` is absolute and without a query."""

    method: str
    url: str
    body: bytes = field(repr=False)

    @property
    def bsh(self) -> str:
        """The base64url SHA-256 of the raw body."""
        return urlsafe_b64encode(sha256(self.body).digest()).rstrip(b"=").decode()


def sign(key: ECKey, station: str, call: Call, now: datetime) -> str:
    """Return the proof that `station` makes this call now."""
    claims = {
        "iss": station,
        "htm": call.method,
        "htu": call.url,
        "bsh": call.bsh,
        "iat": int(now.timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode({"typ": TYPE, "alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM])


def claimed_station(proof: str) -> str:
    """Return the station a proof names; nothing is verified yet. Raises NotAuthenticated."""
    if len(proof) > LONGEST:
        raise NotAuthenticated(detail="station proof: too long")
    try:
        claims = json.loads(jws.extract_compact(proof.encode()).payload)
    except (JoseError, ValueError, RecursionError) as error:
        raise NotAuthenticated(detail=f"station proof: {error}") from error
    return _claim(claims if isinstance(claims, dict) else {}, "iss")


def verify(proof: str, public_key: PublicKey, *, expected_call: Call, expected_at: datetime) -> str:
    """Check a proof made with this key for this call; return its `jti`, to be spent once.

    Raises NotAuthenticated.
    """
    try:
        token = jwt.decode(proof, _import(public_key), algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise NotAuthenticated(detail=f"station proof: {error}") from error
    _check(token.header.get("typ") == TYPE, "typ")
    _check(token.claims.get("htm") == expected_call.method, "htm")
    _check(token.claims.get("htu") == expected_call.url, "htu")
    _check(_is_fresh(token.claims.get("iat"), expected_at), "iat")
    _check(
        hmac.compare_digest(_claim(token.claims, "bsh").encode(), expected_call.bsh.encode()), "bsh"
    )
    return _claim(token.claims, "jti")


def public_key(jwk: object) -> PublicKey:
    """Return the public P-256 key a station offers, nothing else. Raises BadRequest."""
    if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("EC", CURVE) or "d" in jwk:
        raise BadRequest(detail="public_key: not a public P-256 key")
    members = {name: str(jwk.get(name)) for name in ("kty", "crv", "x", "y")}
    try:
        _import(members)
    except (JoseError, ValueError) as error:
        raise BadRequest(detail=f"public_key: {error}") from error
    return members


def _import(public_key: PublicKey) -> ECKey:
    return ECKey.import_key(dict(public_key))


def _check(holds: bool, claim: str) -> None:
    if not holds:
        raise NotAuthenticated(detail=f"station proof: {claim}")


def _is_fresh(iat: object, now: datetime) -> bool:
    return isinstance(iat, int) and abs(iat - int(now.timestamp())) <= LEEWAY.seconds


def _claim(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise NotAuthenticated(detail=f"station proof: {name}")
    return value
