"""Which clients are one sector (OpenID Connect Core 8.1, OpenID Connect Registration 5)."""

from __future__ import annotations

from urllib.parse import urlsplit

from gateway.oidc.clients.fetch import Fetcher, FetchFailed
from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.registering import Described


def check_sector(said: Described, fetcher: Fetcher) -> None:
    """Raise InvalidClientMetadata for a client that counts itself to a sector not its own."""
    address = said.metadata.sector_identifier_uri
    if address:
        _check_listed(address, said, fetcher)
    elif said.metadata.subject_type == "pairwise" and len(set(map(_host, said.redirect_uris))) > 1:
        raise InvalidClientMetadata("Redirect URIs of several hosts need a sector_identifier_uri.")


def _check_listed(address: str, said: Described, fetcher: Fetcher) -> None:
    """Look all redirect URIs up in the sector's own list."""
    try:
        listed = fetcher.get(address).content
    except FetchFailed as error:
        raise InvalidClientMetadata("sector_identifier_uri cannot be fetched.") from error
    held = listed if isinstance(listed, list) else []
    if not all(uri in held for uri in said.redirect_uris):
        raise InvalidClientMetadata("sector_identifier_uri does not list every redirect URI.")


def _host(uri: str) -> str:
    return urlsplit(uri).hostname or ""
