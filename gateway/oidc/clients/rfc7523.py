"""`private_key_jwt`: a client signs for itself (RFC 7523, section 3; OpenID Connect Core, 9).

Stricter than the texts: the audience is our issuer alone, as one string (FAPI 2.0 Security Profile,
5.3.2.1), so that an assertion made for another server, or for another of our endpoints, is worth
nothing here; `exp` is minutes away, and `jti` is there and counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Request

from contracts.clock import Clock
from gateway.oidc.clients import fapi2, signed
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.clients.registered import QueryClient, RegisteredClient
from gateway.oidc.clients.signed import Signed
from store import Store
from store.clients import Client

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TYPES = {"", "jwt", "client-authentication+jwt"}
MOST = 8 * 1024
LONGEST_JTI = 255
LONGEST = timedelta(minutes=5) + signed.AHEAD


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
            assertion = signed.parse(request.form.get("client_assertion", ""), MOST)
        except ValueError:
            return None
        client_id = assertion.claims.get("sub")
        if request.form.get("client_id", client_id) != client_id or not isinstance(client_id, str):
            return None
        client = query_client(client_id)
        proven = client is not None and self._proven(client.record, assertion)
        return client if proven else None

    def _proven(self, client: Client, assertion: Signed) -> bool:
        """Check the signature before anything is spent; the `jti` is spent last."""
        return (
            client.auth_method == "private_key_jwt"
            and assertion.typ in TYPES
            and self._meant(client, assertion.claims)
            and self._signed(client, assertion)
            and self._first(client, assertion.claims)
        )

    def _meant(self, client: Client, claims: dict[str, Any]) -> bool:
        return (
            claims.get("iss") == client.id
            and claims.get("sub") == client.id
            and claims.get("aud") == self.issuer
            and signed.timely(claims, self.clock.now(), LONGEST)
        )

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
