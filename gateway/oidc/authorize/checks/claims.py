"""`claims` is a JSON object of a form that is laid down (OpenID Connect Core, section 5.5)."""

from __future__ import annotations

from gateway.oidc.authorize import claims
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest


def check_claims(asked: Asked) -> None:
    """Raise InvalidRequest for anything else, and for a member that is there twice."""
    try:
        claims.parsed(asked.parameters["claims"])
    except ValueError as error:
        raise InvalidRequest("claims is not an object as in section 5.5.") from error
