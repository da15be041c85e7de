"""A nonce is copied into the ID token and has room for 255 characters."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

LONGEST = 255


def check_nonce(asked: Asked) -> None:
    """Raise InvalidRequest where the nonce is longer."""
    if len(asked.parameters["nonce"]) > LONGEST:
        raise InvalidRequest("nonce is longer than 255 characters.")
