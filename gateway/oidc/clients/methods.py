"""Every way in which a client may prove who it is, by its registered name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request

from contracts.clock import Clock
from gateway.oidc.clients import secret
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.clients.registered import QueryClient, RegisteredClient
from gateway.oidc.clients.rfc7523 import PrivateKeyJWT
from gateway.oidc.clients.rfc8705 import TLSClientAuth
from store import Store

Method = Callable[[QueryClient, OAuth2Request], RegisteredClient | None]


def methods(issuer: str, keys: ClientKeys, store: Store, clock: Clock) -> Mapping[str, Method]:
    """Return each method under its name (RFC 7591, section 2)."""
    return {
        "client_secret_basic": secret.client_secret_basic,
        "client_secret_post": secret.client_secret_post,
        "private_key_jwt": PrivateKeyJWT(issuer, keys, store, clock),
        "tls_client_auth": TLSClientAuth(clock),
        "none": secret.none,
    }


def check_one(request: OAuth2Request) -> None:
    """Raise InvalidRequestError where more than one is used (RFC 6749, section 2.3)."""
    if len(secret.shown(request)) > 1:
        raise InvalidRequestError("Use one way of client authentication.")
