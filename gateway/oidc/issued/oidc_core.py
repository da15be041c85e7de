"""ID tokens (OpenID Connect Core 1.0, sections 2 and 3.1.3.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749.grants import BaseGrant
from authlib.oidc.core.util import create_half_hash

from contracts.clock import Clock
from gateway.oidc.issued.subject import Subjects
from gateway.oidc.keys.ring import KeyRing
from store.clients import Client
from store.grants import Grant


class IDToken:
    """Adds `id_token` to the token response whose scope has `openid`."""

    def __init__(
        self, issuer: str, lifetime: timedelta, keys: KeyRing, clock: Clock, subjects: Subjects
    ) -> None:
        self._issuer = issuer
        self._lifetime = lifetime
        self._keys = keys
        self._clock = clock
        self._subjects = subjects

    def __call__(self, grant: BaseGrant) -> None:
        """Extend one of Authlib's grants."""
        grant.register_hook("after_create_token_response", self.process_token)

    def process_token(self, grant: BaseGrant, response: tuple[int, dict[str, Any], Any]) -> None:
        """Put the ID token into the response that was just made."""
        _, token, _ = response
        if "openid" in token["scope"].split():
            client, login = grant.request.client.record, grant.request.user
            token["id_token"] = self.issue(client, login.grant, token["access_token"])

    def issue(self, client: Client, grant: Grant, access_token: str) -> str:
        """Return a signed ID token; a refreshed one repeats `nonce` and `auth_time` (12.2)."""
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "sub": self._subjects.of(client, grant.account_id),
            "aud": client.id,
            "iat": int(now.timestamp()),
            "exp": int((now + self._lifetime).timestamp()),
            "auth_time": int(grant.auth_time.timestamp()),
            "acr": grant.acr,
            "amr": list(grant.amr),
            "sid": grant.sid,
            "at_hash": create_half_hash(access_token, client.token_alg).decode(),
            **({} if grant.nonce is None else {"nonce": grant.nonce}),
        }
        return self._keys.signer(client.token_alg).sign("JWT", claims)
