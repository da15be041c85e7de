"""The redirect URI must be registered, character by character (RFC 9700, section 2.1)."""

from __future__ import annotations

import re

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.oidc.authorize.parameters import Parameters
from store.clients import Client

UNKNOWN = Text("The application that sent you here gave an address that is not registered for it.")
LOOPBACK = re.compile(
    r"(http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?([/?].*)?", re.DOTALL
)


def check_redirect_uri(parameters: Parameters, client: Client) -> str:
    """Return the redirect URI. Raises BadRequest where it is missing, repeated or not exact."""
    sent = parameters["redirect_uri"]
    if parameters.repeated("redirect_uri") or not _registered(sent, client):
        raise BadRequest(UNKNOWN, detail="redirect_uri missing, repeated or not registered")
    return sent


def _registered(sent: str, client: Client) -> bool:
    if sent in client.redirect_uris:
        return True
    native = client.metadata.application_type == "native"
    without_port = _without_port(sent) if native else None
    return without_port is not None and without_port in map(_without_port, client.redirect_uris)


def _without_port(uri: str) -> tuple[str, str] | None:
    """Split a loopback address from its port, which a native app cannot know.

    That is so for `localhost` too (RFC 9700, section 4.1.3; RFC 8252, section 7.3).
    """
    match = LOOPBACK.fullmatch(uri)
    return match and (match[1], match[2] or "")
