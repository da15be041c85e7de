"""An endpoint at which a client asks, authenticated, for what a person allows elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2.rfc6749 import OAuth2Request, UnauthorizedClientError
from authlib.oauth2.rfc6749.endpoint import Endpoint
from flask import request as current_request

from gateway.oidc.authorize.errors import AuthorizationError
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.rfc9126 import PROOFS
from gateway.oidc.clients.registered import RegisteredClient
from store.clients import Client

UNREAD = PROOFS | {"claims"}
"""`claims` is no parameter here: a `sub` in it must not pass for one that an ID token names."""

Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class DecoupledEndpoint(Endpoint, ABC):
    """Authenticates the client as the token endpoint does, and answers in JSON."""

    REQUIRED = ""
    CLIENT_AUTH_METHODS: Sequence[str]

    @abstractmethod
    def open_to(self, client: RegisteredClient) -> bool:
        """Tell whether the client registered for this."""

    @abstractmethod
    def acknowledged(self, client: Client, parameters: Parameters) -> dict[str, Any]:
        """Take a request. Raises AuthorizationError."""

    def create_endpoint_response(self, request: OAuth2Request) -> Answer:
        """Answer, or tell the client why not. Raises OAuth2Error where it is not who may ask."""
        client = self.server.authenticate_client(
            request, self.CLIENT_AUTH_METHODS, self.ENDPOINT_NAME
        )
        if not self.open_to(client):
            raise UnauthorizedClientError()
        try:
            return 200, self.acknowledged(client.record, _sent()), default_json_headers
        except AuthorizationError as error:
            told = {"error": error.error, "error_description": error.description}
            body = {name: text for name, text in told.items() if text}
            return 400, body, default_json_headers


def _sent() -> Parameters:
    """Return what was sent beside the client's authentication."""
    values = {name: [v for v in sent if v] for name, sent in current_request.form.lists()}
    return Parameters({name: sent for name, sent in values.items() if sent and name not in UNREAD})
