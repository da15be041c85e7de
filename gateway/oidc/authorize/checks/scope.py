"""Something of the scope must be open to the client (RFC 6749, section 3.3)."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidScope
from gateway.oidc.clients.registered import narrowed
from store.clients import OPERATOR

LONGEST = 255
"""Characters of a scope that are remembered; several resources together may understand more."""


def check_scope(asked: Asked) -> None:
    """Raise InvalidScope where nothing is asked for, nothing that the client may have, or too much.

    A request of authorization details needs no scope (RFC 9396, section 3).
    Other values are left out (OpenID Connect Core, section 3.1.2.1); the token response says so.
    """
    sent = asked.parameters["scope"]
    if not sent and asked.parameters["authorization_details"]:
        return
    scope = narrowed(sent, allowed(asked))
    if not scope:
        raise InvalidScope("The scope is missing or not open to this client.")
    if len(scope) > LONGEST:
        raise InvalidScope("The scope is longer than 255 characters.")


def allowed(asked: Asked) -> str:
    """Return the scope a client may have; a stranger's depends on the resources it names.

    An operator says what a client may ask for. To clients that came by themselves each resource
    says it, so that what nobody has heard of together works at first start.
    """
    client = asked.client
    if client.source == OPERATOR:
        return client.scope
    with asked.knowledge.store.read() as tx:
        found = [tx.resources.get(uri) for uri in asked.parameters.values.get("resource", ())]
    return " ".join([client.scope, *(one.scope for one in found if one and one.serves(client))])
