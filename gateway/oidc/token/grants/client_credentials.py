"""The client credentials grant (RFC 6749, section 4.4), for confidential clients alone."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant as _ClientCredentialsGrant

from gateway.oidc.clients.registered import METHODS, OIDC_SCOPES, narrowed
from gateway.oidc.token.issuing import Issuing


class ClientCredentialsGrant(Issuing, _ClientCredentialsGrant):
    """A client speaks for itself: `sub` is its id, and no scope speaks of a person."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_requested_scope(self) -> None:
        """Settle the scope: all that the client may have where it asks for none (section 3.3)."""
        held = self.request.client.record.scope.split()
        own = " ".join(value for value in held if value not in OIDC_SCOPES)
        requested = self.request.payload.scope
        scope = narrowed(requested, own) if requested else own
        if requested and not scope:
            raise InvalidScopeError()
        self.request.payload.settle_scope(scope)

    def save_token(self, token: dict[str, Any]) -> None:
        """Keep nothing, nor a line in the trail: it tells of people, and a machine asks all day."""
