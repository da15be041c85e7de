"""The only response mode is `query`."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest


def check_response_mode(asked: Asked) -> None:
    """Raise InvalidRequest for a mode that is not offered."""
    if asked.parameters["response_mode"] not in {"", "query"}:
        raise InvalidRequest("response_mode must be query.")
