"""An endpoint at which a client brings its request itself: PAR, the device grant and CIBA alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request, UnauthorizedClientError
from authlib.oauth2.rfc6749.endpoint import Endpoint
from flask import request as current_request

from gateway.oidc.authorize.errors import AuthorizationError
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.clients.registered import METHODS, RegisteredClient
from store.clients import Client

PROOFS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})
"""What proves the client is no part of its request."""

Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class Refused(InvalidRequestError):
    """What the authorization endpoint would refuse, by the same code (RFC 9126, section 2.3)."""

    def __init__(self, error: AuthorizationError) -> None:
        super().__init__(error.description)
        self.error = error.error


class ClientEndpoint(Endpoint, ABC):
    """Authenticates the client as the token endpoint does, and answers in JSON."""

    REQUIRED = ""
    CLIENT_AUTH_METHODS: Sequence[str] = METHODS
    STATUS = 200
    UNREAD = PROOFS | {"claims"}
    """Without a browser, a `sub` in `claims` must not pass for one that an ID token names."""

    def open_to(self, client: RegisteredClient) -> bool:  # noqa: ARG002
        """Tell whether the client registered for this; for most, to authenticate is enough."""
        return True

    @abstractmethod
    def acknowledged(self, client: Client, parameters: Parameters) -> dict[str, Any]:
        """Take a request. Raises AuthorizationError, and OAuth2Error."""

    def create_endpoint_response(self, request: OAuth2Request) -> Answer:
        """Answer. Raises OAuth2Error, which tells the client why not."""
        client = self.server.authenticate_client(
            request, self.CLIENT_AUTH_METHODS, self.ENDPOINT_NAME
        )
        if not self.open_to(client):
            raise UnauthorizedClientError()
        try:
            taken = self.acknowledged(client.record, self._sent())
        except AuthorizationError as error:
            raise Refused(error) from error
        return self.STATUS, taken, default_json_headers

    def _sent(self) -> Parameters:
        """Return what was sent beside the client's authentication."""
        sent = Parameters.of(current_request.form).values
        return Parameters({name: sent[name] for name in sent if name not in self.UNREAD})
