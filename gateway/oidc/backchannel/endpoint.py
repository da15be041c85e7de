"""The backchannel authentication endpoint (CIBA Core 1.0, sections 7.1 and 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.oidc.authorize.client_endpoint import ClientEndpoint
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.backchannel.service import INTERVAL, Backchannel
from gateway.oidc.clients.ciba import GRANT_TYPE, MODES
from gateway.oidc.clients.registered import CONFIDENTIAL, RegisteredClient
from store.clients import OPERATOR, Client

ENDPOINT = "/oauth/backchannel-authentication"


class BackchannelAuthenticationEndpoint(ClientEndpoint):
    """Lets a confidential client ask for a person who is not in front of it."""

    ENDPOINT_NAME = "backchannel_authentication"
    CLIENT_AUTH_METHODS = CONFIDENTIAL

    def __init__(self, backchannel: Backchannel) -> None:
        super().__init__()
        self._backchannel = backchannel

    def open_to(self, client: RegisteredClient) -> bool:
        """Tell whether an operator registered the grant and a way to hear of its end.

        A client that registered itself is a stranger, and no stranger may call on people.
        """
        mode, known = client.record.metadata.backchannel_token_delivery_mode, client.record.source
        asks = known == OPERATOR and client.check_grant_type(GRANT_TYPE)
        return asks and mode in MODES

    def acknowledged(self, client: Client, parameters: Parameters) -> dict[str, Any]:
        """Take the request; `binding_number` is ours, for the client to show."""
        taken = self._backchannel.ask(client, parameters)
        return {
            "auth_req_id": taken.auth_req_id,
            "expires_in": int(taken.lifetime.total_seconds()),
            "interval": INTERVAL,
            "binding_number": taken.number,
        }


def metadata(base: str) -> Mapping[str, Any]:
    """Return what the provider's metadata says of it (section 4)."""
    return {
        "backchannel_authentication_endpoint": f"{base}{ENDPOINT}",
        "backchannel_token_delivery_modes_supported": MODES,
        "backchannel_user_code_parameter_supported": False,
    }
