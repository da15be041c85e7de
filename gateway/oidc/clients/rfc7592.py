"""Dynamic client registration management (RFC 7592): a client reads, replaces or removes itself."""

from __future__ import annotations

import hmac
from typing import Any

from gateway.oidc.clients.admitted import limited
from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.rfc7591 import Information, InvalidToken, Read, Registrar
from store import Transaction
from store.clients import Client, secret_digest

NEVER_SENT = frozenset(
    {
        *("registration_access_token", "registration_client_uri"),
        *("client_secret_expires_at", "client_id_issued_at"),
    }
)


class Configuration:
    """The client configuration endpoint; every call needs the client's own token."""

    def __init__(self, registrar: Registrar) -> None:
        self._store = registrar.store
        self._registrar = registrar

    def read(self, client_id: str, token: str) -> Information:
        """Return what is registered (section 2.1). Raises InvalidToken."""
        with self._store.read() as tx:
            return Information(_own(tx, client_id, token), token)

    def replace(self, client_id: str, token: str, read: Read) -> Information:
        """Replace all that is registered (section 2.2): what is left out goes back to its default.

        Raises InvalidToken and InvalidClientMetadata.
        """
        with self._store.read() as tx:
            old = _own(tx, client_id, token)
        sent = read()
        _check_same(sent, old)
        client, secret = self._registrar.client(sent, client_id=client_id, old=old)
        with self._store.write() as tx:
            client = limited(client, _own(tx, client_id, token))
            tx.clients.put(client)
            tx.audit.add("client.changed", client_id=client_id)
        return Information(client, token, secret)

    def remove(self, client_id: str, token: str) -> None:
        """Remove the client with all that was granted to it (section 2.3). Raises InvalidToken."""
        with self._store.write() as tx:
            _own(tx, client_id, token)
            tx.clients.remove(client_id)
            tx.audit.add("client.removed", client_id=client_id)


def _own(tx: Transaction, client_id: str, token: str) -> Client:
    client = tx.clients.get(client_id) if tx.registrations.holds(client_id, token) else None
    if client is None:
        raise InvalidToken
    return client


def _check_same(sent: dict[str, Any], old: Client) -> None:
    """A client names itself and may show its secret; it can choose neither."""
    if sent.get("client_id") != old.id:
        raise InvalidClientMetadata("client_id is the one that was issued.")
    if NEVER_SENT & sent.keys():
        raise InvalidClientMetadata("Leave out: " + ", ".join(sorted(NEVER_SENT)) + ".")
    shown = sent.get("client_secret")
    digest = secret_digest(shown) if isinstance(shown, str) else ""
    if shown is not None and not hmac.compare_digest(digest, old.secret_hash or ""):
        raise InvalidClientMetadata("client_secret is the one that was issued.")
