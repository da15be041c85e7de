"""Which logout addresses a client can register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from contracts.text import Text
from gateway.oidc.clients.redirect_uris import is_web, kind
from gateway.oidc.fetching.target import NotATarget, Target
from store.client_metadata import ClientMetadata
from store.clients import Client


def contradictions(client: Client) -> Iterator[Text]:
    """Say which logout addresses of a client cannot be."""
    message = (
        "%(uri)s cannot be a logout address: https, or http on localhost, without a fragment; "
        "a front channel has the origin of a redirect URI."
    )
    for uri in unfit(client.metadata, client.redirect_uris):
        yield Text(message, {"uri": uri})


def unfit(metadata: ClientMetadata, redirected_to: Iterable[str]) -> Iterator[str]:
    """Yield every logout address that cannot be registered.

    All are https, or http on this very machine; `post_logout_redirect_uris` may have a private-use
    scheme too. A front-channel address has the origin of a redirect URI (Front-Channel Logout 1.0,
    section 2).
    """
    for uri in metadata.post_logout_redirect_uris:
        if kind(uri) is None:
            yield uri
    called, framed = metadata.backchannel_logout_uri, metadata.frontchannel_logout_uri
    if called and not (is_web(called) and _callable(called)):
        yield called
    if framed and not (is_web(framed) and _origin(framed) in map(_origin, redirected_to)):
        yield framed


def _callable(uri: str) -> bool:
    """Tell whether the worker will call it at all: not every port is one for the web."""
    try:
        Target.parse(uri)
    except NotATarget:
        return False
    return True


def _origin(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.scheme, parts.netloc
