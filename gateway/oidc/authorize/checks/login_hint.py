"""A login hint prefills the name; it proves nothing."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

LONGEST = 255


def check_login_hint(asked: Asked) -> None:
    """Raise InvalidRequest where it is longer than any username."""
    if len(asked.parameters["login_hint"]) > LONGEST:
        raise InvalidRequest("login_hint is longer than 255 characters.")
