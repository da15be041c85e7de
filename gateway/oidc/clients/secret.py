"""How a client proves who it is at an endpoint of ours (RFC 6749, section 2.3)."""

from __future__ import annotations

import base64
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request

from gateway.oidc.clients.registered import QueryClient, RegisteredClient


def client_secret_basic(
    query_client: QueryClient, request: OAuth2Request
) -> RegisteredClient | None:
    """HTTP Basic with both halves form-urlencoded (RFC 6749, section 2.3.1)."""
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    client_id, secret = _basic(header)
    if request.form.get("client_id", client_id) != client_id:
        raise InvalidRequestError("client_id is not the client that authenticates.")
    return _authenticated(query_client(client_id), secret)


def client_secret_post(
    query_client: QueryClient, request: OAuth2Request
) -> RegisteredClient | None:
    """Both values in the body (RFC 6749, section 2.3.1)."""
    client = query_client(request.form.get("client_id", ""))
    return _authenticated(client, request.form.get("client_secret", ""))


def none(query_client: QueryClient, request: OAuth2Request) -> RegisteredClient | None:
    """A public client names itself and proves nothing (RFC 7591, section 2)."""
    return None if shown(request) else query_client(request.form.get("client_id", ""))


def shown(request: OAuth2Request) -> list[str]:
    """Return by which ways the request means to prove who sent it."""
    ways = {
        "Authorization": request.headers.get("Authorization"),
        "client_secret": request.form.get("client_secret"),
        "client_assertion": request.form.get("client_assertion")
        or request.form.get("client_assertion_type"),
    }
    return [way for way, value in ways.items() if value]


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
