"""The token endpoint: Authlib's server with our clients and our grants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from authlib.integrations.flask_oauth2 import AuthorizationServer as _AuthorizationServer
from authlib.oauth2.rfc6749 import (
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import BaseGrant
from flask import Request, Response
from flask import request as current_request

from gateway.oidc.clients.methods import Method, check_one
from gateway.oidc.clients.registered import Clients, RegisteredClient
from gateway.oidc.issued.oidc_core import IDToken
from gateway.oidc.issued.rfc7009 import RevocationEndpoint
from gateway.oidc.issued.rfc7662 import IntrospectionEndpoint
from gateway.oidc.issued.rfc9068 import AccessTokens
from gateway.oidc.issued.standing import Standing
from gateway.oidc.refusals import referred
from gateway.oidc.token.grants.authorization_code import AuthorizationCodeGrant
from gateway.oidc.token.grants.ciba import BackchannelGrant
from gateway.oidc.token.grants.client_credentials import ClientCredentialsGrant
from gateway.oidc.token.grants.device_code import DeviceCodeGrant
from gateway.oidc.token.grants.refresh_token import RefreshTokenGrant
from gateway.oidc.token.grants.token_exchange import TokenExchangeGrant
from gateway.oidc.token.possession import Possession
from gateway.oidc.token.redemption import Redemption
from gateway.oidc.token.request import TokenRequest, check_form
from gateway.oidc.token.targets import Targets

Extension = Callable[[BaseGrant], None]

CHALLENGE = 'Basic realm="token"'
GRANTS = (
    *(AuthorizationCodeGrant, RefreshTokenGrant, ClientCredentialsGrant),
    *(DeviceCodeGrant, BackchannelGrant, TokenExchangeGrant),
)
ENDPOINTS = (RevocationEndpoint, IntrospectionEndpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the grants and the endpoints work with."""

    redemption: Redemption
    access_tokens: AccessTokens
    id_tokens: IDToken
    standing: Standing
    possession: Possession
    targets: Targets


class AuthorizationServer(_AuthorizationServer):
    """Authlib's server, built from parts and not from an app's configuration."""

    def __init__(self, clients_: Clients, methods: Mapping[str, Method], parts: Parts) -> None:
        super().__init__(query_client=clients_.get)
        self.scopes_supported = None
        self.redemption = parts.redemption
        self.access_tokens = parts.access_tokens
        self.standing = parts.standing
        self.possession = parts.possession
        self.targets = parts.targets
        for name, method in methods.items():
            self.register_client_auth_method(name, method)
        for grant in GRANTS:
            self.register_grant(grant, _extensions(grant, parts.id_tokens))
        for endpoint in ENDPOINTS:
            self.register_endpoint(endpoint)

    def create_oauth2_request(self, request: Request | None) -> TokenRequest:
        """Wrap the request Flask is answering."""
        return TokenRequest(request or current_request)

    def authenticate_client(
        self, request: OAuth2Request, methods: Sequence[str], endpoint: str = "token"
    ) -> RegisteredClient:
        """Return the client that has proven itself in one way. Raises OAuth2Error."""
        check_one(request)
        client: RegisteredClient = super().authenticate_client(request, methods, endpoint)
        return client

    def create_token_response(self, request: Request | None = None) -> Response:
        """Answer a token request (RFC 6749, section 5)."""
        try:
            check_form(request or current_request, "grant_type")
        except OAuth2Error as error:
            return self.handle_error_response(None, error)
        answer: Response = super().create_token_response(request)
        return answer

    def create_endpoint_response(self, name: str, request: Request | None = None) -> Response:
        """Answer at another endpoint that clients authenticate at."""
        required = getattr(self._endpoints[name][0], "REQUIRED", "token")
        try:
            check_form(request or current_request, required)
        except OAuth2Error as error:
            return self.handle_error_response(None, error)
        answer: Response = super().create_endpoint_response(name, request)
        return answer

    def handle_error_response(self, request: OAuth2Request | None, error: OAuth2Error) -> Response:  # noqa: ARG002
        """Answer with the RFC's code; only a malformed request is told what is missing."""
        status, _, headers = error(None)
        body = {"error": error.error}
        if isinstance(error, InvalidRequestError) and error.description:
            body["error_description"] = error.description
        response: Response = self.handle_response(status, body, headers)
        if isinstance(error, InvalidClientError):
            response.status_code = 401
            response.headers["WWW-Authenticate"] = CHALLENGE
        return referred(response, error.error, error.description or "")


def _extensions(grant: type[BaseGrant], id_tokens: IDToken) -> list[Extension]:
    """Return what a grant does beside issuing an access token."""
    return [] if grant in {ClientCredentialsGrant, TokenExchangeGrant} else [id_tokens]
