"""No parameter but `resource` may be included more than once (RFC 6749, 3.1; RFC 8707, 2)."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest


def check_repeated(asked: Asked) -> None:
    """Raise InvalidRequest for a repeated parameter, also for one that is not ours."""
    if any(asked.parameters.repeated(name) for name in {*asked.parameters.values} - {"resource"}):
        raise InvalidRequest("A parameter is included more than once.")
