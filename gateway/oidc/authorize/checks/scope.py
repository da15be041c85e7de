"""Something of the scope must be open to the client (RFC 6749, section 3.3)."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidScope
from gateway.oidc.clients.registered import narrowed


def check_scope(asked: Asked) -> None:
    """Raise InvalidScope where nothing is asked for, or nothing that the client may have.

    A request of authorization details needs no scope (RFC 9396, section 3).
    Other values are left out (OpenID Connect Core, section 3.1.2.1); the token response says so.
    """
    sent = asked.parameters["scope"]
    if not sent and asked.parameters["authorization_details"]:
        return
    if not narrowed(sent, asked.client.scope):
        raise InvalidScope("The scope is missing or not open to this client.")
