"""The registered client as Authlib sees it, and how it authenticates (RFC 6749, section 2.3)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, OAuth2Request

from contracts.clock import Clock
from gateway.oidc.cache import Recent
from store import Store
from store.clients import Client, secret_digest

OIDC_SCOPES = ("openid", "profile", "email", "offline_access")
"""Scopes that speak of a person; a client acting for itself never gets them."""

CONFIDENTIAL = ("client_secret_basic", "client_secret_post")
METHODS = (*CONFIDENTIAL, "none")
STALENESS = timedelta(seconds=2)

QueryClient = Callable[[str], "RegisteredClient | None"]


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
        """Public clients authenticate with `none`, confidential ones never do."""
        return (method == "none") is self.record.public

    def check_grant_type(self, grant_type: str) -> bool:
        """A public client cannot act for itself (RFC 6749, section 4.4)."""
        return not (self.record.public and grant_type == "client_credentials")


class Clients:
    """Looks clients up, remembering each for two seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._recent: Recent[RegisteredClient] = Recent(clock, STALENESS)

    def get(self, client_id: str) -> RegisteredClient | None:
        """Return the client, or None where there is no such `client_id`."""
        return self._recent.get(client_id, lambda: self._load(client_id))

    def _load(self, client_id: str) -> RegisteredClient | None:
        if not client_id or len(client_id) > 64 or not client_id.isprintable():
            return None
        with self._store.read() as tx:
            client = tx.clients.get(client_id)
        return RegisteredClient(client) if client else None


def narrowed(requested: str, allowed: str) -> str:
    """Return the scope values of `requested` that are in `allowed`, each once, in their order."""
    permitted = set(allowed.split())
    return " ".join(value for value in dict.fromkeys(requested.split()) if value in permitted)


def client_secret_basic(
    query_client: QueryClient, request: OAuth2Request
) -> RegisteredClient | None:
    """HTTP Basic with both halves form-urlencoded (RFC 6749, section 2.3.1)."""
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    client_id, secret = _basic(header)
    if request.form.get("client_secret") or request.form.get("client_id", client_id) != client_id:
        raise InvalidRequestError("Use one way of client authentication.")
    return _authenticated(query_client(client_id), secret)


def client_secret_post(
    query_client: QueryClient, request: OAuth2Request
) -> RegisteredClient | None:
    """Both values in the body (RFC 6749, section 2.3.1)."""
    if request.headers.get("Authorization"):
        return None
    client = query_client(request.form.get("client_id", ""))
    return _authenticated(client, request.form.get("client_secret", ""))


def none(query_client: QueryClient, request: OAuth2Request) -> RegisteredClient | None:
    """A public client names itself and proves nothing (RFC 7591, section 2)."""
    if request.headers.get("Authorization") or request.form.get("client_secret"):
        return None
    return query_client(request.form.get("client_id", ""))


def _authenticated(client: RegisteredClient | None, secret: str) -> RegisteredClient | None:
    return client if client and secret and client.check_client_secret(secret) else None


def _basic(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except ValueError:
        return "", ""
    client_id, _, secret = decoded.partition(":")
    return (
        (unquote_plus(client_id), unquote_plus(secret)) if scheme.lower() == "basic" else ("", "")
    )
