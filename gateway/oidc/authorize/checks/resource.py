"""`resource` names the protected resources that tokens are to be for (RFC 8707, section 2.1)."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidTarget
from gateway.oidc.resources import rfc8707
from store.clients import OPERATOR


def check_resource(asked: Asked) -> None:
    """Raise InvalidTarget for one that is malformed, unknown, or not open to the client."""
    sent = asked.parameters.values.get("resource", ())
    if not sent:
        return
    if asked.client.source != OPERATOR:
        for resource in sent[: rfc8707.MOST]:
            asked.knowledge.learn(resource, asked.parameters["scope"])
    try:
        with asked.knowledge.store.read() as tx:
            rfc8707.check(sent, asked.client, tx)
    except ValueError as error:
        raise InvalidTarget(str(error)) from error
