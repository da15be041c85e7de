"""From a granted request to its access token: the one place where all grants come together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749.grants import BaseGrant

from gateway.oidc.issued.rfc9068 import AccessToken
from gateway.oidc.token import narrowing
from gateway.oidc.token.redemption import Sender

if TYPE_CHECKING:
    from gateway.oidc.clients.registered import RegisteredClient
    from gateway.oidc.token.login import Login
    from gateway.oidc.token.targets import Narrowed, Targets
    from store.clients import Client
    from store.grants import Grant


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
        self.request.granted = scope or ""
        response: dict[str, Any] = self.server.access_tokens.response(
            self.wanted(user, scope or "")
        )
        if user and user.refresh_token:
            response["refresh_token"] = user.refresh_token
        return response

    def sender(self, client: RegisteredClient) -> Sender:
        """Return who asks to redeem, held to what was granted."""
        return Sender(client, self.request.jkt, partial(narrowing.check, self.request))

    def wanted(self, user: Login | None, scope: str) -> AccessToken:
        """Return what the access token is to say."""
        client: Client = self.request.client.record
        grant = user.grant if user else None
        narrowed = self.narrowed(grant, scope)
        return AccessToken(
            client=client,
            audience=narrowed.audience,
            scope=narrowed.scope,
            lifetime=self.server.targets.lifetime(client, narrowed.authorization_details),
            grant=grant,
            cnf=self.request.cnf,
            authorization_details=narrowed.authorization_details,
        )

    def narrowed(self, grant: Grant | None, scope: str) -> Narrowed:
        """Return what the token holds of what was granted, for one audience."""
        targets: Targets = self.server.targets
        if grant is None:
            return targets.of_client(self.request, scope)
        return targets.of_person(self.request, grant, scope)
