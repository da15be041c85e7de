"""Request objects and registration in the request are refused by their own errors."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import (
    AuthorizationError,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
)

REFUSED: dict[str, type[AuthorizationError]] = {
    "request": RequestNotSupported,
    "request_uri": RequestUriNotSupported,
    "registration": RegistrationNotSupported,
}


def check_request_object(asked: Asked) -> None:
    """Raise the error that OpenID Connect Core, section 3.1.2.6, has for each."""
    for name, error in REFUSED.items():
        if asked.parameters[name]:
            raise error(f"The parameter {name} is not supported.")
