"""The client and the resource by which operators get tokens for the admin API.

Both are there from the first start. Whoever logs in with this client and has no role gets a token
that opens nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from contracts.clock import Clock
from contracts.errors import Conflict
from gateway.admin.api import BASE
from gateway.admin.roles import ACR
from gateway.oidc.keys.algorithms import ALGORITHMS
from store import Client, Store, Transaction
from store.client_metadata import ClientMetadata
from store.resources import Resource

CLIENT = "gatehouse-admin"
NAME = "Gatehouse administration"
SCOPE = "openid offline_access"
REDIRECT_URIS = ("http://127.0.0.1/callback", "http://[::1]/callback")
SECONDS = 300
"""Life of an access token; whoever goes on refreshes it."""


def resource(issuer: str) -> str:
    """Return the indicator of the admin API (RFC 8707), the `aud` of tokens for it."""
    return issuer + BASE


def ensure(store: Store, clock: Clock, issuer: str) -> None:
    """Make the client and the resource where they are missing, or are not as they must be."""
    now = clock.now()
    client = _client(clock, issuer)
    api = Resource(resource(issuer), "Admin API", "", open=False, created_at=now)
    with store.read() as tx:
        if _same(tx, client, api):
            return
    with suppress(Conflict), store.write() as tx:  # another worker may have been quicker
        tx.clients.put(client)
        if tx.resources.get(api.uri) is None:
            tx.resources.add(api)


def _same(tx: Transaction, client: Client, api: Resource) -> bool:
    held, known = tx.clients.get(client.id), tx.resources.get(api.uri)
    if held is None or known is None:
        return False
    return replace(held, created_at=client.created_at, version=client.version) == client


def _client(clock: Clock, issuer: str) -> Client:
    """A public, native client (RFC 8252): nothing in it is a secret, its key is each user's."""
    return Client(
        id=CLIENT,
        name=NAME,
        secret_hash=None,
        redirect_uris=REDIRECT_URIS,
        audience=CLIENT,
        scope=SCOPE,
        require_acr=ACR,
        consent=True,
        token_alg=ALGORITHMS[0],
        access_token_seconds=SECONDS,
        created_at=clock.now(),
        metadata=ClientMetadata(
            application_type="native",
            grant_types=("authorization_code", "refresh_token"),
            dpop_bound_access_tokens=True,
            resources=(resource(issuer),),
        ),
    )
