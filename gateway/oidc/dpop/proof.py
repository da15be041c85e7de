"""DPoP proofs (RFC 9449, section 4), checked whole by the list of section 4.3."""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from joserfc.errors import JoseError

from gateway.oidc import jws
from gateway.oidc.dpop import htu
from gateway.oidc.dpop.errors import InvalidDPoPProof
from gateway.oidc.dpop.key import ALGORITHMS, public_key

TYPE = "dpop+jwt"
WINDOW = timedelta(seconds=60)
"""By how much `iat` may differ from our clock, either way."""
LONGEST = 4096
LONGEST_JTI = 256


@dataclass(frozen=True, slots=True)
class Call:
    """The request that a proof comes with, and the access token it presents."""

    method: str
    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds; `jkt` is the thumbprint of its key (RFC 7638)."""

    jkt: str
    jti: str
    nonce: str | None


def checked(proof: str, call: Call, now: datetime) -> Proof:
    """Make every check that needs no memory. Raises InvalidDPoPProof."""
    try:
        sent = jws.parse(proof, LONGEST, algorithms=ALGORITHMS, allowed=("jwk",))
        key = public_key(sent.header.get("jwk"), sent.alg)
    except (JoseError, ValueError) as error:
        raise InvalidDPoPProof("DPoP proof: malformed, or its key is") from error
    _require(sent.header.get("typ") == TYPE, "typ")
    _check_request(sent.claims, call)
    _require(_recent(sent.claims.get("iat"), now), "iat")
    _require(sent.holds(key), "signature")
    return Proof(key.thumbprint(), _jti(sent.claims), _nonce(sent.claims))


def _check_request(claims: dict[str, Any], call: Call) -> None:
    _require(claims.get("htm") == call.method, "htm")
    _require(htu.matches(claims.get("htu"), call.url), "htu")
    if call.token is not None:
        _require(_same(claims.get("ath"), _hash(call.token)), "ath")


def _recent(iat: object, now: datetime) -> bool:
    """Compare whole seconds; a NumericDate may have a fraction (RFC 7519, section 2)."""
    if isinstance(iat, float) and math.isfinite(iat):
        iat = math.floor(iat)
    if isinstance(iat, bool) or not isinstance(iat, int):
        return False
    return abs(iat - int(now.timestamp())) <= WINDOW.seconds


def _jti(claims: dict[str, Any]) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise InvalidDPoPProof("DPoP proof: jti")
    return jti


def _nonce(claims: dict[str, Any]) -> str | None:
    nonce = claims.get("nonce")
    if nonce is not None and not isinstance(nonce, str):
        raise InvalidDPoPProof("DPoP proof: nonce")
    return nonce


def _hash(token: str) -> str:
    return jws.encoded(sha256(token.encode("utf-8", "surrogatepass")).digest())


def _same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise InvalidDPoPProof(f"DPoP proof: {what}")
