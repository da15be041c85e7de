"""Token introspection (RFC 7662)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc7662 import IntrospectionEndpoint as _IntrospectionEndpoint

from gateway.oidc.clients.registered import CONFIDENTIAL, RegisteredClient
from gateway.oidc.issued.standing import Token
from gateway.oidc.resources.types.message import is_for_one_message


class IntrospectionEndpoint(_IntrospectionEndpoint):
    """Tells a confidential client of tokens that were issued to it or are meant for it."""

    CLIENT_AUTH_METHODS = CONFIDENTIAL

    def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:  # noqa: ARG002
        """Find a token that stands; the hint is not needed."""
        found: Token | None = self.server.standing.find(token_string)
        return found

    def check_permission(
        self,
        token: Token,
        client: RegisteredClient,
        request: OAuth2Request,  # noqa: ARG002
    ) -> bool:
        """Stay blind across clients."""
        return token.concerns(client.record)

    def create_introspection_payload(self, token: Token | None) -> dict[str, Any]:
        """Return the claims, or only that it is not active (section 2.2).

        A token for one message is active once: whoever asks first may act on it.
        """
        if token and is_for_one_message(token.claims.get("authorization_details", ())):
            token = token if self.server.standing.spend(token) else None
        return {"active": True, **token.claims} if token else {"active": False}
