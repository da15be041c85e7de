"""A JSON Web Signature of a stranger, read strictly (RFC 7515; RFC 8725).

Sizes are bounded before anything is parsed, and what a header could say to bring its own key or to
be read in another way is refused before any key is looked for.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from gateway.oidc import strict_json

ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "PS256", "RS256")
"""What a client may sign with; `Ed25519` is the name that RFC 9864 gives to EdDSA on that curve."""

FOREIGN = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"})
"""Header members that bring a key, or change how the rest is read."""

PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members that a JWK has for its owner alone (RFC 7518, section 6)."""

BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
HEADER = 2048
"""The longest encoded header: an algorithm, a type and the name of a key are far shorter."""
AHEAD = timedelta(seconds=10)
"""By how much a client's clock may run before ours (FAPI 2.0 Security Profile, 5.3.2.1)."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a client signed, not yet believed."""

    header: dict[str, Any]
    claims: dict[str, Any]
    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def alg(self) -> str:
        """Return the algorithm it claims, empty where that is no text."""
        return _text(self.header.get("alg"))

    @property
    def kid(self) -> str:
        """Return the name of its key, empty where it has none."""
        return _text(self.header.get("kid"))

    @property
    def typ(self) -> str:
        """Return its type in lower case without `application/` (RFC 7515, section 4.1.9)."""
        return _text(self.header.get("typ")).lower().removeprefix("application/")

    def holds(self, key: Key) -> bool:
        """Tell whether the signature is this key's, made with an algorithm that fits it."""
        try:
            algorithm = JWSRegistry.algorithms["Ed25519" if self.alg == "EdDSA" else self.alg]
            algorithm.check_key(key)
            return algorithm.verify(self.message, self.signature, key)
        except (JoseError, ValueError, KeyError):
            return False


def parse(
    token: str,
    most: int,
    *,
    algorithms: Collection[str] = ALGORITHMS,
    allowed: Collection[str] = (),
) -> Signed:
    """Read a compact JWS of a JSON object, of at most so many characters. Raises ValueError.

    `allowed` are the header members that are taken though they are foreign.
    """
    if len(token) > most or token.count(".") != 2:
        raise ValueError("too long, or not a compact JWS")
    header, claims, signature = token.split(".")
    if len(header) > HEADER:
        raise ValueError("the header is too long")
    read = strict_json.parse_object(decoded(header), depth=4)
    if FOREIGN & read.keys() - set(allowed) or read.get("alg") not in algorithms:
        raise ValueError("the header names a key, an extension or an algorithm that is not taken")
    if not all(isinstance(read.get(name, ""), str) for name in ("kid", "typ")):
        raise ValueError("a header member is no text")
    message = f"{header}.{claims}".encode()
    said = strict_json.parse_object(decoded(claims))
    return Signed(read, said, message, decoded(signature))


def encoded(data: bytes) -> str:
    """Return base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(segment: str) -> bytes:
    """Return the bytes of a base64url segment in its one canonical form. Raises ValueError."""
    if not BASE64URL.fullmatch(segment):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if encoded(data) != segment:
        raise ValueError("not canonical base64url")
    return data


def timely(claims: Mapping[str, Any], now: datetime, longest: timedelta) -> bool:
    """Tell whether now is within `exp`, `nbf` and `iat`, and `exp` is not further away than this.

    `exp` must be there (RFC 7519, section 4.1.4); a clock may run ten seconds before ours.
    """
    stamp = now.timestamp()
    expires = instant(claims.get("exp"))
    if expires is None or not stamp < expires <= stamp + longest.total_seconds():
        return False
    begins = [instant(claims[name]) for name in ("iat", "nbf") if name in claims]
    soon = stamp + AHEAD.total_seconds()
    return all(begin is not None and begin <= soon for begin in begins)


def instant(value: object) -> float | None:
    """Return a NumericDate (RFC 7519, section 2), None where it is no number we can reckon with."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0 <= value < 1 << 40 else None  # type: ignore[operator,arg-type]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
