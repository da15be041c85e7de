"""JWT access tokens (RFC 9068): made for the client's audience, validated at our own userinfo."""

from __future__ import annotations

import secrets
from typing import Any

from authlib.oauth2.rfc6750 import BearerTokenGenerator
from joserfc import jwt
from joserfc.errors import JoseError

from contracts.clock import Clock
from gateway.oidc.clients.registered import RegisteredClient
from gateway.oidc.keys.ring import ALGORITHMS, KeyRing
from gateway.oidc.token.login import Login
from store.clients import Client

TYPES = {"at+jwt", "application/at+jwt"}


class JWTBearerTokenGenerator(BearerTokenGenerator):
    """Signs access tokens with the key of the moment and the clock that was passed in."""

    def __init__(self, issuer: str, keys: KeyRing, clock: Clock) -> None:
        super().__init__(self.sign, None, _lifetime)
        self._issuer = issuer
        self._keys = keys
        self._clock = clock

    def __call__(self, *, user: Login | None = None, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the token response, with the refresh token that the login already holds."""
        response: dict[str, Any] = super().__call__(user=user, **asked)
        if user and user.refresh_token:
            response["refresh_token"] = user.refresh_token
        return response

    def sign(
        self,
        client: RegisteredClient,
        grant_type: str,  # noqa: ARG002
        user: Login | None,
        scope: str,
    ) -> str:
        """Return a signed `at+jwt` (RFC 9068, section 2)."""
        record = client.record
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": record.audience,
            "client_id": record.id,
            "iat": now,
            "exp": now + record.access_token_seconds,
            **(_person(user) if user else _machine(record)),
            **({"scope": scope} if scope else {}),
        }
        return self._keys.signer(record.token_alg).sign("at+jwt", claims)


def _person(login: Login) -> dict[str, Any]:
    grant = login.grant
    return {
        "sub": grant.account_id,
        "jti": f"{grant.id}.{secrets.token_urlsafe(16)}",
        "acr": grant.acr,
        "amr": list(grant.amr),
        "auth_time": int(grant.auth_time.timestamp()),
    }


def _machine(client: Client) -> dict[str, Any]:
    return {"sub": client.id, "jti": secrets.token_urlsafe(16)}


def _lifetime(client: RegisteredClient, grant_type: str) -> int:  # noqa: ARG001
    return client.record.access_token_seconds


def validated(token: str, *, issuer: str, keys: KeyRing, clock: Clock) -> dict[str, Any] | None:
    """Return the claims of an access token of ours, None for anything else (section 4)."""
    try:
        decoded = jwt.decode(token, keys.public(), algorithms=list(ALGORITHMS))
        now = int(clock.now().timestamp())
        jwt.JWTClaimsRegistry(
            now=now,
            iss={"essential": True, "value": issuer},
            exp={"essential": True},
            jti={"essential": True},
        ).validate(decoded.claims)
    except (JoseError, ValueError):
        return None
    return decoded.claims if decoded.header.get("typ") in TYPES else None


def grant_id(claims: dict[str, Any]) -> str | None:
    """Return the grant a token was issued from; a client's own token has none."""
    grant, separator, _ = str(claims["jti"]).partition(".")
    return grant if separator else None
