"""What a person is told of a client that no operator registered."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.oidc.clients.redirect_uris import WEB, kind
from store.clients import DOCUMENT, OPERATOR, Client


@dataclass(frozen=True, slots=True)
class Stranger:
    """A client that nobody here has looked at.

    `host` serves the document at its id; without one the client registered itself. Of a `local`
    one, every redirect URI leads to a program on the person's own device, and any program there
    can pretend to be it.
    """

    host: str
    local: bool


def stranger(client: Client) -> Stranger | None:
    """Return what a person must know of a client; None where an operator vouches for it."""
    if client.source == OPERATOR:
        return None
    host = urlsplit(client.id).netloc if client.source == DOCUMENT else ""
    return Stranger(host, all(kind(uri) != WEB for uri in client.redirect_uris))


def always_asks(client: Client) -> bool:
    """Tell whether consent is never remembered: whoever sent the request could be another.

    A public client proves nothing of itself (RFC 8252, section 8.6), and what stands in a document
    can change from one request to the next (Client ID Metadata Document, section 8.4).
    """
    return client.source == DOCUMENT or (client.source != OPERATOR and client.public)


def lures(client: Client, redirect_uri: str) -> bool:
    """Tell whether an error alone must not send a browser there (RFC 9700, section 4.11.2).

    Anybody can name an address of their own and a request that fails. A program on the person's
    own device is no place to lure them to.
    """
    return client.source != OPERATOR and kind(redirect_uri) == WEB
