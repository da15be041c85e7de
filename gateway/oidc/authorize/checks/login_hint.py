"""A login hint prefills the name; it proves nothing."""

from __future__ import annotations

from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client

LONGEST = 255


def check_login_hint(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise InvalidRequest where it is longer than any username."""
    if len(parameters["login_hint"]) > LONGEST:
        raise InvalidRequest("login_hint is longer than 255 characters.")
