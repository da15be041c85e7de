"""How a client proves who it is at an endpoint of ours (RFC 6749, section 2.3)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request

from gateway.oidc.clients.registered import RegisteredClient

QueryClient = Callable[[str], RegisteredClient | None]


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
