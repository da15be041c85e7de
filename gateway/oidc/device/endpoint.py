"""The device authorization endpoint (RFC 8628, sections 3.1 and 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.oidc.authorize.client_endpoint import ClientEndpoint
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.clients.registered import RegisteredClient
from gateway.oidc.device.service import INTERVAL, PATH, Devices
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.token.grants.device_code import DeviceCodeGrant
from store.clients import Client

ENDPOINT = "/oauth/device_authorization"


class DeviceAuthorizationEndpoint(ClientEndpoint):
    """Gives a device a code to poll with, and one for its person to enter elsewhere."""

    ENDPOINT_NAME = "device_authorization"

    def __init__(self, devices: Devices, settings: ProviderSettings) -> None:
        super().__init__()
        self._devices = devices
        self._verification_uri = f"{settings.issuer.rstrip('/')}{PATH}"
        self._expires_in = int(settings.device.lifetime.total_seconds())

    def open_to(self, client: RegisteredClient) -> bool:
        """Tell whether the client registered the grant."""
        return client.check_grant_type(DeviceCodeGrant.GRANT_TYPE)

    def acknowledged(self, client: Client, parameters: Parameters) -> dict[str, Any]:
        """Issue codes."""
        issued = self._devices.authorize(client, parameters)
        return {
            "device_code": issued.device_code,
            "user_code": issued.user_code,
            "verification_uri": self._verification_uri,
            "verification_uri_complete": f"{self._verification_uri}?user_code={issued.user_code}",
            "expires_in": self._expires_in,
            "interval": INTERVAL,
        }


def metadata(base: str) -> Mapping[str, Any]:
    """Return what the authorization server's metadata says of it (section 4)."""
    return {"device_authorization_endpoint": f"{base}{ENDPOINT}"}
