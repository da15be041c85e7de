"""`private_key_jwt`: a client signs for itself (RFC 7523, section 3; OpenID Connect Core, 9).

Stricter than the texts: the audience is our issuer alone, as one string (FAPI 2.0 Security Profile,
5.3.2.1), so that an assertion made for another server, or for another of our endpoints, is worth
nothing here; `exp` is an hour away at the most, and `jti` is there and counts once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Request

from contracts.clock import Clock
from gateway.oidc import jws
from gateway.oidc.clients import fapi2
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.clients.registered import QueryClient, RegisteredClient
from gateway.oidc.jws import Signed
from store import Store
from store.clients import Client

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TYPES = {"", "jwt", "client-authentication+jwt"}
MOST = 8 * 1024
LONGEST_JTI = 255
LONGEST = timedelta(hours=1) + jws.AHEAD
"""An hour is what libraries sign for; a `jti` counts once in all of it."""

Check = Callable[[], bool]
log = logging.getLogger("gatehouse.clients")


@dataclass(frozen=True, slots=True)
class PrivateKeyJWT:
    """Authenticates a client by an assertion that it signed. Every failure looks alike."""

    issuer: str
    keys: ClientKeys
    store: Store
    clock: Clock

    def __call__(
        self, query_client: QueryClient, request: OAuth2Request
    ) -> RegisteredClient | None:
        """Return the client that signed `client_assertion`."""
        if request.form.get("client_assertion_type") != ASSERTION_TYPE:
            return None
        try:
            assertion = jws.parse(request.form.get("client_assertion", ""), MOST)
        except ValueError:
            return None
        client_id = assertion.claims.get("sub")
        if request.form.get("client_id", client_id) != client_id or not isinstance(client_id, str):
            return None
        client = query_client(client_id)
        return client if client and self._proves(client.record, assertion) else None

    def _proves(self, client: Client, assertion: Signed) -> bool:
        """Make every check, the `jti` last; whose fault it is, is for the operator's log alone."""
        why = next((why for why, holds in self._checks(client, assertion) if not holds()), None)
        if why:
            log.info("client assertion refused", extra={"client_id": client.id, "why": why})
        return why is None

    def _checks(self, client: Client, assertion: Signed) -> Iterator[tuple[str, Check]]:
        claims = assertion.claims
        yield "it registered another method", lambda: client.auth_method == "private_key_jwt"
        yield "typ is that of another token", lambda: assertion.typ in TYPES
        yield "iss is not the client", lambda: claims.get("iss") == client.id
        yield "aud is not the issuer, as one string", lambda: claims.get("aud") == self.issuer
        yield "exp, iat or nbf", lambda: jws.timely(claims, self.clock.now(), LONGEST)
        yield "no key of its own fits", lambda: self._signed(client, assertion)
        yield "jti is missing or was used", lambda: self._first(client, claims)

    def _signed(self, client: Client, assertion: Signed) -> bool:
        registered = client.metadata.token_endpoint_auth_signing_alg
        if assertion.alg not in fapi2.algorithms(client, registered):
            return False
        key = self.keys.verifying(client, assertion.alg, assertion.kid)
        return key is not None and assertion.holds(key)

    def _first(self, client: Client, claims: dict[str, Any]) -> bool:
        """Spend the `jti`. A store that cannot answer raises, and the client is refused."""
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
            return False
        left = datetime.fromtimestamp(claims["exp"], UTC) - self.clock.now()
        with self.store.write() as tx:
            return tx.once.spend(f"assertion|{client.id}|{jti}", left)
