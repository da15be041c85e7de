"""Which client may exchange whose tokens, as an operator says it (RFC 8693)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.errors import BadRequest, Conflict
from contracts.text import Text
from gateway.oidc.token.grants.token_exchange import TokenExchangeGrant
from store import Store, Transaction
from store.clients import Client

Policy = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """`actor` may turn tokens that were issued to `client_id` into tokens for these audiences."""

    actor: str
    client_id: str
    audience: Sequence[str]
    scope: str = ""


def allow(store: Store, wanted: Exchange) -> Client:
    """Allow it, in place of what was allowed for the pair. Raises BadRequest and Conflict."""
    with store.write() as tx:
        actor, _ = _client(tx, wanted.actor), _client(tx, wanted.client_id)
        if actor.public:
            message = "%(id)s is public: whoever exchanges tokens must prove who they are."
            raise BadRequest(Text(message, {"id": actor.id}))
        allowed = {
            "client_id": wanted.client_id,
            "audience": list(wanted.audience),
            "scope": wanted.scope,
        }
        return _keep(tx, actor, (*_without(actor, wanted.client_id), allowed))


def forbid(store: Store, actor_id: str, client_id: str) -> Client:
    """Forbid what was allowed for a pair. Raises BadRequest and Conflict."""
    with store.write() as tx:
        actor = _client(tx, actor_id)
        return _keep(tx, actor, _without(actor, client_id))


def _client(tx: Transaction, client_id: str) -> Client:
    found = tx.clients.get(client_id)
    if found is None:
        raise BadRequest(Text("There is no client %(id)s.", {"id": client_id}))
    return found


def _without(actor: Client, client_id: str) -> Policy:
    held = actor.metadata.token_exchange
    return tuple(allowed for allowed in held if allowed["client_id"] != client_id)


def _keep(tx: Transaction, actor: Client, policy: Policy) -> Client:
    """Keep the policy; the grant type is registered while there is any."""
    kind = TokenExchangeGrant.GRANT_TYPE
    others = tuple(name for name in actor.metadata.grant_types if name != kind)
    grant_types = (*others, kind) if policy else others
    metadata = replace(actor.metadata, token_exchange=policy, grant_types=grant_types)
    changed = replace(actor, metadata=metadata)
    if not tx.clients.change(changed):
        raise Conflict(Text("Somebody changed this client at the same time: try again."))
    tx.audit.add("client.exchange", client_id=actor.id, detail={"policy": list(policy)})
    return changed
