"""ID tokens of ours that come back as a hint (OpenID Connect Core 3.1.2.1, RP-Initiated Logout)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError

from gateway.oidc.keys.jose import decoded
from gateway.oidc.keys.ring import KeyRing

LONGEST = 8192
MEMBERS = {"sub", "aud", "exp", "iat", "auth_time"}
"""What no other JWT of ours has all of."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Whom an ID token was about, whom it was for, in which session, and when they logged in."""

    sub: str
    aud: tuple[str, ...]
    sid: str
    auth_time: int


def id_token_hint(token: str, *, issuer: str, keys: KeyRing) -> Hint | None:
    """Return what an ID token of ours says, however old it is; None for anything else.

    Its key must still be published; access and logout tokens have another `typ`.
    """
    if len(token) > LONGEST:
        return None
    try:
        read = decoded(token, keys.public())
    except (JoseError, ValueError):
        return None
    ours = read.header.get("typ") == "JWT" and read.claims.get("iss") == issuer
    return _hint(read.claims) if ours and read.claims.keys() >= MEMBERS else None


def _hint(claims: dict[str, Any]) -> Hint:
    audience = claims["aud"]
    return Hint(
        sub=claims["sub"],
        aud=tuple(audience) if isinstance(audience, list) else (audience,),
        sid=claims.get("sid", ""),
        auth_time=claims["auth_time"],
    )
