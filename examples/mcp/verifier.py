"""Judges the access tokens of Gatehouse offline, as the MCP SDK asks a `TokenVerifier` to do.

The key set is fetched once, and again at most every ten seconds when a token names a key that has
not been seen, so the tools go on while the gateway is down.
"""

from __future__ import annotations

import time
from typing import Any

import httpx2
import jwt
from mcp.server.auth.provider import AccessToken

ALGORITHMS = ("ES256", "EdDSA", "RS256", "PS256")
TYPES = ("at+jwt", "application/at+jwt")
REQUIRED = ("iss", "aud", "exp", "iat", "sub", "client_id")
LONGEST = 8192
AHEAD = 10
REFETCH_SECONDS = 10


class Keys:
    """The gateway's published keys, each with the one algorithm that it is for."""

    def __init__(self, issuer: str) -> None:
        self._address = f"{issuer}/.well-known/jwks.json"
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")

    async def get(self, kid: str) -> jwt.PyJWK | None:
        if kid not in self._keys and time.monotonic() - self._fetched_at >= REFETCH_SECONDS:
            self._fetched_at = time.monotonic()
            await self._fetch()
        return self._keys.get(kid)

    async def _fetch(self) -> None:
        async with httpx2.AsyncClient(timeout=3) as http:
            answer = (await http.get(self._address)).raise_for_status()
        published = jwt.PyJWKSet.from_dict(answer.json()).keys
        self._keys = {key.key_id: key for key in published if key.key_id}


class Verifier:
    """Validates JWT access tokens (RFC 9068, section 4) that are meant for one resource alone."""

    def __init__(self, issuer: str, resource: str) -> None:
        self._issuer = issuer
        self._resource = resource
        self._keys = Keys(issuer)

    async def verify_token(self, token: str) -> AccessToken | None:
        """Return what a good token says, None for any other."""
        try:
            claims = await self.claims(token)
        except (jwt.PyJWTError, httpx2.HTTPError, ValueError):
            return None
        return AccessToken(
            token="",  # No tool needs it, so no tool can pass it on.
            client_id=claims["client_id"],
            scopes=claims.get("scope", "").split(),
            expires_at=claims["exp"],
            resource=self._resource,
            subject=claims["sub"],
            claims=claims,
        )

    async def claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a good token. Raises PyJWTError, HTTPError and ValueError."""
        if len(token) > LONGEST:
            raise jwt.DecodeError("longer than any token of ours")
        header = jwt.get_unverified_header(token)
        if not set(header) <= {"alg", "typ", "kid"} or header.get("typ") not in TYPES:
            raise jwt.DecodeError("not the header of an access token")
        key = await self._keys.get(header.get("kid", ""))
        if key is None or key.algorithm_name not in ALGORITHMS:
            raise jwt.InvalidKeyError("no such key")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=self._issuer,
            audience=self._resource,
            leeway=AHEAD,
            options={"require": list(REQUIRED)},
        )
        if claims["exp"] <= time.time():
            raise jwt.ExpiredSignatureError("expired")
        return claims
