"""Whether a client belongs to the sector it names (OpenID Connect Registration, section 5)."""

from __future__ import annotations

from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.registering import Described
from gateway.oidc.fetching.fetch import Fetcher, FetchFailed


def check_sector(said: Described, fetcher: Fetcher) -> None:
    """Look every redirect URI up in the sector's own list. Raises InvalidClientMetadata."""
    if not said.metadata.sector_identifier_uri:
        return
    try:
        listed = fetcher.get(said.metadata.sector_identifier_uri).content
    except FetchFailed as error:
        raise InvalidClientMetadata("sector_identifier_uri cannot be fetched.") from error
    held = listed if isinstance(listed, list) else []
    if not all(uri in held for uri in said.redirect_uris):
        raise InvalidClientMetadata("sector_identifier_uri does not list every redirect URI.")
