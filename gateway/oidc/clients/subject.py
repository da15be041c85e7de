"""The `sub` of an account as a client sees it (OpenID Connect Core 1.0, section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from contracts.text import Text
from store.cipher import Vault
from store.clients import OPERATOR, Client

SUBJECT_TYPES = ("public", "pairwise")
REDIRECTED = {"authorization_code", "refresh_token"}
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

    def session(self, client: Client, sid: str) -> str:
        """Return the `sid` that a client is told: one for all would undo what pairwise is for."""
        if client.metadata.subject_type != "pairwise":
            return sid
        return self._vault.digest("pairwise session", f"{sector_identifier(client)}\0{sid}")


def sector_identifier(client: Client) -> str:
    """Return the host that stands for a client and its siblings (section 8.1).

    A client without a host of its own (a native one, or one that is never redirected to) is a
    sector by itself: strangers on one loopback address must not share what names a person. So is a
    stranger that hears of people without being redirected to: it need not hold what it names.
    """
    if not _holds_its_hosts(client):
        return f"client:{client.id}"
    uris = (client.metadata.sector_identifier_uri, *client.redirect_uris, client.metadata.jwks_uri)
    return next(iter(_hosts(uris)), f"client:{client.id}")


def _holds_its_hosts(client: Client) -> bool:
    """Tell whether an operator vouches for a client, or all that it hears arrives at its hosts."""
    return client.source == OPERATOR or set(client.metadata.grant_types) <= REDIRECTED


def contradictions(client: Client) -> Iterator[Text]:
    """Say why it is not clear which sector a client belongs to (section 8.1)."""
    said = client.metadata
    unclear = said.subject_type == "pairwise" and not said.sector_identifier_uri
    if unclear and len(set(_hosts(client.redirect_uris))) > 1:
        yield Text("Redirect URIs of several hosts need a sector_identifier_uri.")


def _hosts(uris: Iterable[str]) -> list[str]:
    """Return the hosts that stand for somebody, in their order."""
    hosts = (urlsplit(uri).hostname or "" for uri in uris)
    return [host for host in hosts if host and host not in LOOPBACK]
