"""A nonce is copied into the ID token and has room for 255 characters."""

from __future__ import annotations

from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client

LONGEST = 255


def check_nonce(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise InvalidRequest where the nonce is longer."""
    if len(parameters["nonce"]) > LONGEST:
        raise InvalidRequest("nonce is longer than 255 characters.")
