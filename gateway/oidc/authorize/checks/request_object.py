"""Request objects and registration in the request are refused by their own errors."""

from __future__ import annotations

from gateway.oidc.authorize.errors import (
    AuthorizationError,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
)
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client

REFUSED: dict[str, type[AuthorizationError]] = {
    "request": RequestNotSupported,
    "request_uri": RequestUriNotSupported,
    "registration": RegistrationNotSupported,
}


def check_request_object(parameters: Parameters, client: Client) -> None:  # noqa: ARG001
    """Raise the error that OpenID Connect Core, section 3.1.2.6, has for each."""
    for name, error in REFUSED.items():
        if parameters[name]:
            raise error(f"The parameter {name} is not supported.")
