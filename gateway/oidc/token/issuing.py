"""From a granted request to its access token: the one place where all grants come together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749.grants import BaseGrant

from gateway.oidc.issued.rfc9068 import AccessToken

if TYPE_CHECKING:
    from gateway.oidc.clients.registered import RegisteredClient
    from gateway.oidc.token.login import Login
    from store.clients import Client


class Issuing(BaseGrant):
    """Answers a grant of Authlib's with a token of ours, bound to what its sender has proven."""

    def authenticate_token_endpoint_client(self) -> RegisteredClient:
        """Authenticate the client, then check what it proves to hold: before all else."""
        client: RegisteredClient = super().authenticate_token_endpoint_client()
        self.request.cnf = self.server.possession.confirmation(self.request, client.record)
        return client

    def generate_token(
        self,
        user: Login | None = None,
        scope: str | None = None,
        **_authlib: Any,  # noqa: ANN401
    ) -> dict[str, Any]:
        """Return the token response, with the refresh token that the login already holds."""
        response: dict[str, Any] = self.server.access_tokens.response(
            self.wanted(user, scope or "")
        )
        if user and user.refresh_token:
            response["refresh_token"] = user.refresh_token
        return response

    def wanted(self, user: Login | None, scope: str) -> AccessToken:
        """Return what the access token is to say."""
        client: Client = self.request.client.record
        grant = user.grant if user else None
        return AccessToken(
            client=client,
            audience=(grant.resource if grant else ()) or (client.audience,),
            scope=scope,
            lifetime=timedelta(seconds=client.access_token_seconds),
            grant=grant,
            cnf=self.request.cnf,
            authorization_details=grant.authorization_details if grant else (),
        )
