"""`acr_values` is a voluntary wish; one that is unknown here is simply never met."""

from __future__ import annotations

from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client

MOST = 10


def check_acr_values(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise InvalidRequest for a list longer than anyone needs."""
    if len(parameters.words("acr_values")) > MOST:
        raise InvalidRequest("acr_values has more than 10 values.")
