"""`response_mode` says how the answer travels (OAuth 2.0 Multiple Response Type Encoding)."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.response_modes import RESPONSE_MODES


def check_response_mode(asked: Asked) -> None:
    """Raise InvalidRequest for a mode that is not offered."""
    if asked.parameters["response_mode"] not in {"", *RESPONSE_MODES}:
        raise InvalidRequest("response_mode must be query or form_post.")
