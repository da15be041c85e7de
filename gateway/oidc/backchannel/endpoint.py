"""The backchannel authentication endpoint (CIBA Core 1.0, sections 7.1 and 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2.rfc6749 import OAuth2Request, UnauthorizedClientError
from authlib.oauth2.rfc6749.endpoint import Endpoint

from gateway.oidc.authorize.errors import AuthorizationError
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.backchannel.service import INTERVAL, Backchannel
from gateway.oidc.clients.registered import CONFIDENTIAL
from gateway.oidc.decoupled.request import refusal
from gateway.oidc.token.grants.ciba import BackchannelGrant

MODES = ("poll", "ping")
Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class BackchannelAuthenticationEndpoint(Endpoint):
    """Lets a confidential client ask for a person who is not in front of it."""

    ENDPOINT_NAME = "backchannel_authentication"
    REQUIRED = ""

    def __init__(self, backchannel: Backchannel) -> None:
        super().__init__()
        self._backchannel = backchannel

    def create_endpoint_response(self, request: OAuth2Request) -> Answer:
        """Authenticate the client and acknowledge its request. Raises OAuth2Error."""
        client = self.server.authenticate_client(request, CONFIDENTIAL, self.ENDPOINT_NAME)
        mode = client.record.metadata.backchannel_token_delivery_mode
        if mode not in MODES or not client.check_grant_type(BackchannelGrant.GRANT_TYPE):
            raise UnauthorizedClientError()
        parameters = Parameters({name: [value] for name, value in request.form.items()})
        try:
            taken = self._backchannel.ask(client.record, parameters)
        except AuthorizationError as error:
            raise refusal(error) from error
        answer = {
            "auth_req_id": taken.auth_req_id,
            "expires_in": int(taken.lifetime.total_seconds()),
            "interval": INTERVAL,
            "binding_number": taken.number,
        }
        return 200, answer, default_json_headers


def metadata(base: str) -> Mapping[str, Any]:
    """Return what the provider's metadata says of it (section 4)."""
    return {
        "backchannel_authentication_endpoint": f"{base}/oauth/backchannel-authentication",
        "backchannel_token_delivery_modes_supported": MODES,
        "backchannel_user_code_parameter_supported": False,
    }
