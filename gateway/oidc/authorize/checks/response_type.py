"""The only response type is `code`."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest, UnsupportedResponseType


def check_response_type(asked: Asked) -> None:
    """Raise InvalidRequest where it is missing, UnsupportedResponseType where it is another."""
    if not asked.parameters["response_type"]:
        raise InvalidRequest("response_type is missing.")
    if asked.parameters["response_type"] != "code":
        raise UnsupportedResponseType("response_type must be code.")
