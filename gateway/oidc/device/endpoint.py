"""The device authorization endpoint (RFC 8628, sections 3.1 and 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2.rfc6749 import OAuth2Request, UnauthorizedClientError
from authlib.oauth2.rfc6749.endpoint import Endpoint

from gateway.oidc.authorize.errors import AuthorizationError
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.clients.registered import METHODS
from gateway.oidc.decoupled.request import refusal
from gateway.oidc.device.service import INTERVAL, PATH, Devices
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.token.grants.device_code import DeviceCodeGrant

Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class DeviceAuthorizationEndpoint(Endpoint):
    """Gives a device a code to poll with, and one for its person to enter elsewhere."""

    ENDPOINT_NAME = "device_authorization"
    REQUIRED = ""

    def __init__(self, devices: Devices, settings: ProviderSettings) -> None:
        super().__init__()
        self._devices = devices
        self._settings = settings

    def create_endpoint_response(self, request: OAuth2Request) -> Answer:
        """Authenticate the client and answer with its codes. Raises OAuth2Error."""
        client = self.server.authenticate_client(request, METHODS, self.ENDPOINT_NAME)
        if not client.check_grant_type(DeviceCodeGrant.GRANT_TYPE):
            raise UnauthorizedClientError()
        parameters = Parameters({name: [value] for name, value in request.form.items()})
        try:
            issued = self._devices.authorize(client.record, parameters)
        except AuthorizationError as error:
            raise refusal(error) from error
        address = verification_uri(self._settings.issuer)
        answer = {
            "device_code": issued.device_code,
            "user_code": issued.user_code,
            "verification_uri": address,
            "verification_uri_complete": f"{address}?user_code={issued.user_code}",
            "expires_in": int(self._settings.device.lifetime.total_seconds()),
            "interval": INTERVAL,
        }
        return 200, answer, default_json_headers


def verification_uri(issuer: str) -> str:
    """Return the address that people open to enter a code."""
    return f"{issuer.rstrip('/')}{PATH}"


def metadata(base: str) -> Mapping[str, Any]:
    """Return what the authorization server's metadata says of it (section 4)."""
    return {"device_authorization_endpoint": f"{base}/oauth/device_authorization"}
