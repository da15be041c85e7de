"""No parameter may be included more than once (RFC 6749, section 3.1)."""

from __future__ import annotations

from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client


def check_repeated(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise InvalidRequest for a repeated parameter, also for one that is not ours."""
    if any(parameters.repeated(name) for name in parameters.values):
        raise InvalidRequest("A parameter is included more than once.")
