"""The only response mode is `query`."""

from __future__ import annotations

from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client


def check_response_mode(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise InvalidRequest for a mode that is not offered."""
    if parameters["response_mode"] not in {"", "query"}:
        raise InvalidRequest("response_mode must be query.")
