"""JWT access tokens (RFC 9068): what is put into them, and what is read out of our own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from contracts.clock import Clock
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.issued import status_list
from gateway.oidc.keys.jose import decoded
from gateway.oidc.keys.ring import KeyRing
from store.clients import Client
from store.grants import Grant

TYPES = {"at+jwt", "application/at+jwt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What an access token is to say; without a grant the client speaks for itself.

    `cnf` is what it is bound to: a key (`jkt`, RFC 9449, section 6.1) or a certificate (`x5t#S256`,
    RFC 8705, section 3.1). `act` is who acts for the person (RFC 8693, section 4.1).
    """

    client: Client
    audience: tuple[str, ...]
    scope: str
    lifetime: timedelta
    grant: Grant | None = None
    cnf: Mapping[str, str] = field(default_factory=dict)
    authorization_details: tuple[dict[str, Any], ...] = ()
    act: dict[str, Any] = field(default_factory=dict)


class AccessTokens:
    """Signs access tokens with the key of the moment and the clock that was passed in."""

    def __init__(self, issuer: str, keys: KeyRing, clock: Clock, subjects: Subjects) -> None:
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._subjects = subjects

    def response(self, token: AccessToken) -> dict[str, Any]:
        """Return the members of a token response (RFC 6749, section 5.1; RFC 9396, section 7)."""
        details = list(token.authorization_details)
        return {
            "access_token": self.sign(token),
            "token_type": token_type(token.cnf),
            "expires_in": int(token.lifetime.total_seconds()),
            **({"scope": token.scope} if token.scope else {}),
            **({"authorization_details": details} if details else {}),
        }

    def sign(self, token: AccessToken) -> str:
        """Return a signed `at+jwt` (RFC 9068, section 2)."""
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "aud": token.audience[0] if len(token.audience) == 1 else list(token.audience),
            "client_id": token.client.id,
            "iat": int(now.timestamp()),
            "exp": int((now + token.lifetime).timestamp()),
            **(self._person(token.client, token.grant) if token.grant else _machine(token.client)),
            **_said(token),
        }
        return self._keys.signer(token.client.token_alg).sign("at+jwt", claims)

    def _person(self, client: Client, grant: Grant) -> dict[str, Any]:
        return {
            "sub": self._subjects.of(client, grant.account_id),
            "jti": f"{grant.id}.{secrets.token_urlsafe(16)}",
            "acr": grant.acr,
            "amr": list(grant.amr),
            "auth_time": int(grant.auth_time.timestamp()),
            **status_list.reference(self._issuer, grant),
        }


def token_type(cnf: Mapping[str, str]) -> str:
    """Return how a token is presented (RFC 9449, section 5; RFC 8705, section 3.1)."""
    return "DPoP" if "jkt" in cnf else "Bearer"


def _said(token: AccessToken) -> dict[str, Any]:
    said = {
        "scope": token.scope,
        "cnf": dict(token.cnf),
        "authorization_details": list(token.authorization_details),
        "act": token.act,
    }
    return {name: value for name, value in said.items() if value}


def _machine(client: Client) -> dict[str, Any]:
    return {"sub": client.id, "jti": secrets.token_urlsafe(16)}


def validated(token: str, *, issuer: str, keys: KeyRing, clock: Clock) -> dict[str, Any] | None:
    """Return the claims of an access token of ours, None for anything else (section 4)."""
    try:
        read = decoded(token, keys.public())
        now = int(clock.now().timestamp())
        jwt.JWTClaimsRegistry(
            now=now,
            iss={"essential": True, "value": issuer},
            exp={"essential": True},
            jti={"essential": True},
        ).validate(read.claims)
    except (JoseError, ValueError):
        return None
    return read.claims if read.header.get("typ") in TYPES else None


def grant_id(claims: dict[str, Any]) -> str | None:
    """Return the grant a token was issued from; a client's own token has none."""
    grant, separator, _ = str(claims["jti"]).partition(".")
    return grant if separator else None
