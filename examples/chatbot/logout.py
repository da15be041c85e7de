"""Logout tokens: the gateway tells the chatbot that a login is over (Back-Channel Logout 1.0)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["ES256", "RS256"]
EVENT = "http://schemas.openid.net/event/backchannel-logout"
AHEAD = 10


class InvalidLogoutToken(Exception):
    """The token does not serve; the reason is for the log."""


class LogoutTokens:
    """Validates logout tokens for one client (section 2.6)."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        keys: Callable[[], dict[str, Any]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self._keys = keys
        self._now = now
        self._spent: dict[str, float] = {}

    def ended(self, token: str) -> dict[str, Any]:
        """Return the claims, with `sid` or `sub`; a token counts once."""
        try:
            read = jwt.decode(token, KeySet.import_key_set(self._keys()), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise InvalidLogoutToken(str(error)) from error
        if read.header.get("typ") != "logout+jwt":
            raise InvalidLogoutToken("another kind of token")
        self._check(read.claims)
        self._spend(read.claims)
        return read.claims

    def _check(self, claims: dict[str, Any]) -> None:
        now = self._now()
        instants = [claims.get(name) for name in ("iat", "exp")]
        if not all(isinstance(value, int | float) for value in instants):
            raise InvalidLogoutToken("no times")
        if not claims["iat"] - AHEAD <= now < claims["exp"] + AHEAD:
            raise InvalidLogoutToken("not now")
        if claims.get("iss") != self.issuer or claims.get("aud") != self.client_id:
            raise InvalidLogoutToken("another issuer or client")
        if "nonce" in claims or not isinstance(claims.get("events", {}).get(EVENT), dict):
            raise InvalidLogoutToken("no logout event")
        if not (claims.get("sid") or claims.get("sub")):
            raise InvalidLogoutToken("nobody is named")

    def _spend(self, claims: dict[str, Any]) -> None:
        now = self._now()
        self._spent = {jti: ends for jti, ends in self._spent.items() if ends > now - AHEAD}
        if not isinstance(claims.get("jti"), str) or claims["jti"] in self._spent:
            raise InvalidLogoutToken("no identifier, or one that was used")
        self._spent[claims["jti"]] = claims["exp"]
