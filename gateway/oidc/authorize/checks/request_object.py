"""How a request may come: what a client or the operator demands, and what is not taken."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import (
    AuthorizationError,
    InvalidRequest,
    RegistrationNotSupported,
    RequestUriNotSupported,
)

REFUSED: dict[str, type[AuthorizationError]] = {
    "request_uri": RequestUriNotSupported,
    "registration": RegistrationNotSupported,
}


def check_request_object(asked: Asked) -> None:
    """Raise the error that OpenID Connect Core, section 3.1.2.6, has for each."""
    for name, error in REFUSED.items():
        if asked.parameters[name]:
            raise error(f"The parameter {name} is not supported.")


def check_pushed(asked: Asked) -> None:
    """Raise InvalidRequest where it had to be pushed and was not (RFC 9126, sections 5 and 6)."""
    required = asked.client.metadata.require_pushed_authorization_requests
    if (required or asked.knowledge.require_pushed) and not asked.pushed:
        raise InvalidRequest("The request must be pushed.")


def check_signed(asked: Asked) -> None:
    """Raise InvalidRequest where it had to be signed and was not (RFC 9101, section 10.5)."""
    if asked.client.metadata.require_signed_request_object and not asked.signed:
        raise InvalidRequest("The request must be a signed request object.")
