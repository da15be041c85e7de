"""ID tokens (OpenID Connect Core 1.0, sections 2 and 3.1.3.6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749.grants import BaseGrant
from authlib.oidc.core.util import create_half_hash

from contracts.clock import Clock
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.issued import claims
from gateway.oidc.issued.nested import Envelopes, id_token_alg
from store import Store
from store.clients import Client
from store.grants import Grant


class IDToken:
    """Adds `id_token` to the token response whose scope has `openid`."""

    def __init__(
        self, issuer: str, lifetime: timedelta, envelopes: Envelopes, store: Store, clock: Clock
    ) -> None:
        self._issuer = issuer
        self._lifetime = lifetime
        self._envelopes = envelopes
        self._store = store
        self._clock = clock
        self._subjects = Subjects(store.vault)

    def __call__(self, grant: BaseGrant) -> None:
        """Extend one of Authlib's grants."""
        grant.register_hook("after_create_token_response", self.process_token)

    def process_token(self, grant: BaseGrant, response: tuple[int, dict[str, Any], Any]) -> None:
        """Put the ID token into the response that was just made."""
        _, token, _ = response
        scope = grant.request.granted
        if "openid" in scope.split():
            client, login = grant.request.client.record, grant.request.user
            token["id_token"] = self.issue(client, login.grant, scope, token["access_token"])

    def issue(self, client: Client, grant: Grant, scope: str, access_token: str) -> str:
        """Return an ID token for the scope that was granted.

        A refreshed one repeats `nonce` and `auth_time` (12.2). Raises NoEncryptionKey.
        """
        now = self._clock.now()
        at_hash: bytes = create_half_hash(access_token, id_token_alg(client))
        said = {
            "iss": self._issuer,
            "sub": self._subjects.of(client, grant.account_id),
            "aud": client.id,
            "iat": int(now.timestamp()),
            "exp": int((now + self._lifetime).timestamp()),
            **claims.of_login(grant),
            "sid": self._subjects.session(client, grant.sid),
            "at_hash": at_hash.decode(),
            **({} if grant.nonce is None else {"nonce": grant.nonce}),
            **self._asked(grant, scope),
        }
        return self._envelopes.id_token(client, said)

    def _asked(self, grant: Grant, scope: str) -> dict[str, Any]:
        """Return the claims about the person that were asked for by name (section 5.5)."""
        asked = grant.claims.get("id_token", {})
        if not claims.speaks_of_person(asked):
            return {}
        with self._store.read() as tx:
            account = tx.accounts.get(grant.account_id)
        return claims.only(asked, claims.covered(account, scope)) if account else {}
