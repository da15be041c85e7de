"""A client that no operator registered, as the policy admits it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from gateway import policy as acr
from gateway.oidc.clients.consistency import consistent
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.registered import narrowed
from gateway.oidc.clients.registering import Described
from store.clients import Client

LONGEST_NAME, LONGEST_HOST = 128, 80


def admitted(
    said: Described, policy: ClientPolicy, *, client_id: str, source: str, now: datetime
) -> Client:
    """Return the client: what it says of itself, and what the policy gives to all such.

    Raises InvalidClientMetadata where the two, or two of its members, contradict each other.
    """
    client = Client(
        id=client_id,
        name=_name(said.name, urlsplit(client_id).netloc) or client_id,
        secret_hash=None,
        redirect_uris=said.redirect_uris,
        audience=client_id,
        scope=narrowed(said.scope, policy.scope) or policy.scope,
        require_acr=policy.require_acr,
        consent=True,
        token_alg=said.token_alg,
        access_token_seconds=policy.access_token_seconds,
        created_at=now,
        source=source,
        metadata=said.metadata,
    )
    return consistent(client)


def limited(client: Client, held: Client | None) -> Client:
    """Return what a client says of itself anew, within what an operator limited it to."""
    if held is None:
        return client
    stricter = acr.satisfies(held.require_acr, client.require_acr)
    return replace(
        client,
        require_acr=held.require_acr if stricter else client.require_acr,
        access_token_seconds=min(held.access_token_seconds, client.access_token_seconds),
    )


def _name(name: str, host: str) -> str:
    """Return the name that people see: with the host of a document wherever it is shown.

    Of a long one the end is shown: that is whose it is.
    """
    end = host if len(host) <= LONGEST_HOST else "…" + host[1 - LONGEST_HOST :]
    behind = f" ({end})" if name and host else end
    return name[: LONGEST_NAME - len(behind)] + behind
