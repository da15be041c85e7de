"""Clients: the chatbots and backends that may ask for tokens, and what each of them needs.

An id can be the address of a document, so it travels beside the path and not in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Set
from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.errors import BadRequest, Conflict, NotAllowed
from contracts.text import Text
from gateway import clients, exchanges, policy
from gateway.admin.actor import Actor
from gateway.admin.api_client import CLIENT
from gateway.admin.calls.client_models import (
    Add,
    Added,
    Allow,
    Change,
    Exchange,
    Found,
    Issued,
    Members,
    Pair,
    Rotated,
    Search,
    Shown,
    Token,
    Which,
)
from gateway.admin.operation import CHANGED, Nothing, operation
from gateway.admin.roles import Role, at_least
from gateway.admin.tools import Tools
from gateway.oidc.clients.registered import SECRET
from store import Client, Transaction
from store.clients import OPERATOR, secret_digest

ADMIN = at_least(Role.ADMIN)
OURS = Text("This client is Gatehouse's own: it cannot be changed or removed.")
LIMITED = Text(
    "This client said itself what it is: require_acr can be raised and access_token_seconds "
    "lowered, and nothing else."
)


class Clients:
    """What can be done with clients."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._store = tools.store

    @operation("GET", "/clients")
    def list(self, actor: Actor, search: Search) -> Found:
        """List clients by id, a page at a time."""
        with self._store.read() as tx:
            found = tx.clients.search(
                search.words, source=search.source, after=search.after, limit=search.limit + 1
            )
        page = [shown(client) for client in found[: search.limit]]
        more = len(found) > search.limit
        return Found(clients=page, next=page[-1].client_id if more else "")

    @operation("GET", "/client")
    def get(self, actor: Actor, which: Which) -> Shown:
        """Look at one client."""
        with self._store.read() as tx:
            return shown(client(tx, which.client_id))

    @operation("POST", "/clients", roles=ADMIN, fresh=True)
    def add(self, actor: Actor, wanted: Add) -> Added:
        """Register a client; its secret is told once and never again."""
        self._check_acr(wanted)
        own = {"access_token_seconds": self._tools.settings.access_token_seconds, **wanted.said}
        columns = {name: own.pop(name) for name in clients.COLUMNS & own.keys()}
        registration = clients.Registration(
            client_id=wanted.client_id, public=wanted.public, said=own, **columns
        )
        made, secret = clients.register(self._store, self._tools.clock, registration)
        return Added(**_members(made), client_secret=secret)

    @operation("PATCH", "/client", roles=ADMIN, fresh=True)
    def update(self, actor: Actor, change: Change) -> Shown:
        """Change what is said of a client, which assurance it needs among it."""
        self._check_acr(change)
        with self._store.write() as tx:
            held = _changeable(tx, change.client_id)
            made = clients.changed(replace(held, version=change.version), change.said)
            changed = _difference(held, made)
            if held.source != OPERATOR:
                self._check_limits(made, changed.keys())
            if not tx.clients.change(made):
                raise Conflict(CHANGED)
            tx.audit.add("client.changed", client_id=held.id, detail={"changed": changed})
            return shown(client(tx, held.id))

    @operation("POST", "/client/secret", roles=ADMIN, fresh=True)
    def rotate_secret(self, actor: Actor, which: Which) -> Rotated:
        """Give a client a new secret, in place of the one it has."""
        secret = secrets.token_urlsafe(32)
        with self._store.write() as tx:
            held = _changeable(tx, which.client_id)
            if held.source != OPERATOR or held.auth_method not in SECRET:
                raise BadRequest(Text("This client has no secret that you could replace."))
            if not tx.clients.change(replace(held, secret_hash=secret_digest(secret))):
                raise Conflict(CHANGED)
            tx.audit.add("client.secret_rotated", client_id=held.id)
        return Rotated(client_id=held.id, client_secret=secret)

    @operation("POST", "/client/grants/revoke", roles=ADMIN, fresh=True)
    def revoke_grants(self, actor: Actor, which: Which) -> Nothing:
        """End everything that was granted to a client; its people log in anew."""
        with self._store.write() as tx:
            held = client(tx, which.client_id)
            tx.grants.revoke_all(held.id)
            tx.audit.add("client.grants_revoked", client_id=held.id)
        return Nothing()

    @operation("DELETE", "/client", roles=ADMIN, fresh=True)
    def remove(self, actor: Actor, which: Which) -> Nothing:
        """Remove a client with everything granted to it."""
        with self._store.write() as tx:
            held = _changeable(tx, which.client_id)
            tx.clients.remove(held.id)
            tx.audit.add("client.removed", client_id=held.id)
        return Nothing()

    @operation("POST", "/client/exchanges", roles=ADMIN, fresh=True)
    def allow_exchange(self, actor: Actor, wanted: Allow) -> Shown:
        """Let a client exchange tokens of another for narrower ones (RFC 8693)."""
        _check_ours(wanted.client_id, wanted.of)
        exchange = exchanges.Exchange(
            actor=wanted.client_id,
            client_id=wanted.of,
            audience=wanted.audience,
            scope=wanted.scope,
        )
        return shown(exchanges.allow(self._store, exchange))

    @operation("DELETE", "/client/exchanges", roles=ADMIN)
    def forbid_exchange(self, actor: Actor, pair: Pair) -> Shown:
        """Let a client exchange tokens of another no longer."""
        return shown(exchanges.forbid(self._store, pair.client_id, pair.of))

    @operation("POST", "/clients/tokens", roles=ADMIN, fresh=True)
    def issue_token(self, actor: Actor, wanted: Token) -> Issued:
        """Issue an initial access token: its bearer may register so many clients (RFC 7591)."""
        with self._store.write() as tx:
            token = tx.initial_access_tokens.issue(wanted.uses, timedelta(days=wanted.days))
            tx.audit.add("client.token.issued", detail=wanted.model_dump())
        return Issued(initial_access_token=token, uses=wanted.uses, days=wanted.days)

    def _check_acr(self, said: Members) -> None:
        """Refuse an acr that no login could ever reach."""
        biometrics = policy.parse(said.require_acr or "").biometrics
        for name in sorted(biometrics - self._tools.factors.keys()):
            raise BadRequest(Text("require_acr: there is no factor %(name)s.", {"name": name}))

    def _check_limits(self, made: Client, changed: Set[str]) -> None:
        """Of a client that nobody vouches for, only what it is given can be made less."""
        settings = self._tools.settings
        strict = policy.satisfies(made.require_acr, settings.dynamic_client_acr)
        short = made.access_token_seconds <= settings.access_token_seconds
        fits = {"require_acr": strict, "access_token_seconds": short}
        if not all(fits.get(name, False) for name in changed):
            raise BadRequest(LIMITED)


def client(tx: Transaction, client_id: str) -> Client:
    """Return a client. Raises BadRequest where there is none."""
    found = tx.clients.get(client_id)
    if found is None:
        raise BadRequest(Text("There is no client %(id)s.", {"id": client_id}))
    return found


def shown(found: Client) -> Shown:
    """Return what operators are told of a client."""
    return Shown(**_members(found))


def _members(found: Client) -> dict[str, Any]:
    metadata = found.metadata
    said = {name: getattr(metadata, name, None) for name in Members.model_fields}
    own = {name: getattr(found, name) for name in clients.COLUMNS}
    return {
        **{
            name: list(value) if isinstance(value, tuple) else value for name, value in said.items()
        },
        **{**own, "redirect_uris": list(found.redirect_uris)},
        "token_endpoint_auth_method": found.auth_method,
        "client_id": found.id,
        "source": found.source,
        "public": found.public,
        "token_exchange": [Exchange(**allowed) for allowed in metadata.token_exchange],
        "created_at": found.created_at,
        "version": found.version,
    }


def _changeable(tx: Transaction, client_id: str) -> Client:
    _check_ours(client_id)
    return client(tx, client_id)


def _check_ours(*ids: str) -> None:
    if CLIENT in ids:
        raise NotAllowed(OURS)


def _difference(before: Client, after: Client) -> dict[str, Any]:
    """Return what has changed, as the trail keeps it: the old and the new of each member."""
    old, new = _noted(before), _noted(after)
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return {name: [old.get(name), new.get(name)] for name in names}


def _noted(noted: Client) -> dict[str, Any]:
    """Return what is said of a client, its keys by their ids alone."""
    said = shown(noted).said
    keys = said.get("jwks", {}).get("keys", ())
    return {**said, "jwks": [key.get("kid") for key in keys]}
