"""The registered client as Authlib sees it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import timedelta

from authlib.oauth2.rfc6749 import ClientMixin

from contracts.clock import Clock
from gateway.oidc.cache import Recent
from store import Store
from store.clients import Client, secret_digest

OIDC_SCOPES = ("openid", "profile", "email", "offline_access")
"""Scopes that speak of a person; a client acting for itself never gets them."""

SECRET = ("client_secret_basic", "client_secret_post")
"""Two transports of one secret: whoever registers one may use the other. What proves the client is
the secret, and libraries choose its transport by themselves."""

CONFIDENTIAL = (*SECRET, "private_key_jwt", "tls_client_auth")
METHODS = (*CONFIDENTIAL, "none")
STALENESS = timedelta(seconds=2)


class RegisteredClient(ClientMixin):
    """A client of the store in the words of Authlib."""

    def __init__(self, client: Client) -> None:
        self.record = client

    def get_client_id(self) -> str:
        """Return the `client_id`."""
        return self.record.id

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return what of the requested scope this client may have, in the order requested."""
        return narrowed(scope or "", self.record.scope)

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare the digest of a presented secret, in constant time."""
        held = self.record.secret_hash or ""
        return hmac.compare_digest(held, secret_digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        """A client authenticates by what it registered, and by nothing else."""
        registered = self.record.auth_method
        return method == registered or (method in SECRET and registered in SECRET)

    def check_grant_type(self, grant_type: str) -> bool:
        """Allow what is registered; a public client cannot act for itself (RFC 6749, 4.4)."""
        if self.record.public and grant_type == "client_credentials":
            return False
        return grant_type in self.record.metadata.grant_types


QueryClient = Callable[[str], RegisteredClient | None]
Find = Callable[[str], Client | None]


def _nobody(client_id: str) -> Client | None:  # noqa: ARG001
    return None


class Clients:
    """Looks clients up, remembering each for two seconds."""

    def __init__(self, store: Store, clock: Clock, documents: Find = _nobody) -> None:
        """Take `documents` to find those whose id is the address of their metadata."""
        self._store = store
        self._documents = documents
        self._recent: Recent[RegisteredClient] = Recent(clock, STALENESS)

    def get(self, client_id: str) -> RegisteredClient | None:
        """Return the client, or None where there is no such `client_id`."""
        return self._recent.get(client_id, lambda: self._load(client_id))

    def _load(self, client_id: str) -> RegisteredClient | None:
        document = client_id.startswith("https://")
        client = (self._documents if document else self._registered)(client_id)
        return RegisteredClient(client) if client else None

    def _registered(self, client_id: str) -> Client | None:
        if not client_id or len(client_id) > 64 or not client_id.isprintable():
            return None
        with self._store.read() as tx:
            return tx.clients.get(client_id)


def offered(methods: Sequence[str], certificates: bool) -> list[str]:
    """Return the ways of client authentication there are: certificates come by a proxy alone."""
    return [method for method in methods if certificates or method != "tls_client_auth"]


def narrowed(requested: str, allowed: str) -> str:
    """Return the scope values of `requested` that are in `allowed`, each once, in their order."""
    permitted = set(allowed.split())
    return " ".join(value for value in dict.fromkeys(requested.split()) if value in permitted)
