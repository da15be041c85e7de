"""The only response type is `code`."""

from __future__ import annotations

from gateway.oidc.authorize.errors import InvalidRequest, UnsupportedResponseType
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client


def check_response_type(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise InvalidRequest where it is missing, UnsupportedResponseType where it is another."""
    if not parameters["response_type"]:
        raise InvalidRequest("response_type is missing.")
    if parameters["response_type"] != "code":
        raise UnsupportedResponseType("response_type must be code.")
