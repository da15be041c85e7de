"""The `sub` of an account as a client sees it (OpenID Connect Core 1.0, section 8)."""

from __future__ import annotations

from urllib.parse import urlsplit

from store.cipher import Vault
from store.clients import Client

SUBJECT_TYPES = ("public", "pairwise")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Subjects:
    """Names accounts: by their id, or pairwise, so that clients of two sectors cannot compare."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def of(self, client: Client, account_id: str) -> str:
        """Return the `sub`; a pairwise one is a keyed hash and leads back to nobody (8.1)."""
        if client.metadata.subject_type != "pairwise":
            return account_id
        return self._vault.digest("pairwise", f"{sector_identifier(client)}\0{account_id}")


def sector_identifier(client: Client) -> str:
    """Return the host that stands for a client and its siblings (section 8.1).

    A client without a host of its own (a native one, or one that is never redirected to) is a
    sector by itself: strangers on one loopback address must not share what names a person.
    """
    uris = (client.metadata.sector_identifier_uri, *client.redirect_uris, client.metadata.jwks_uri)
    hosts = (urlsplit(uri).hostname or "" for uri in uris)
    return next((host for host in hosts if host and host not in LOOPBACK), f"client:{client.id}")
