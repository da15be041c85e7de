"""Logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.4)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from contracts.clock import Clock
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.issued.nested import id_token_alg
from gateway.oidc.keys.ring import KeyRing
from store.clients import Client

LIFETIME = timedelta(minutes=2)
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class LogoutTokens:
    """Signs logout tokens as ID tokens of their client are signed."""

    def __init__(self, issuer: str, keys: KeyRing, clock: Clock, subjects: Subjects) -> None:
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._subjects = subjects

    def sign(self, client: Client, account_id: str, sid: str) -> str:
        """Return a `logout+jwt`; it has no `nonce`, so that it never passes for an ID token."""
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "sub": self._subjects.of(client, account_id),
            "aud": client.id,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "jti": secrets.token_urlsafe(16),
            "sid": self._subjects.session(client, sid),
            "events": {EVENT: {}},
        }
        return self._keys.signer(id_token_alg(client)).sign("logout+jwt", claims)
