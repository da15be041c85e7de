"""`acr_values` is a voluntary wish; one that is unknown here is simply never met."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

MOST = 10


def check_acr_values(asked: Asked) -> None:
    """Raise InvalidRequest for a list longer than anyone needs."""
    if len(asked.parameters.words("acr_values")) > MOST:
        raise InvalidRequest("acr_values has more than 10 values.")
