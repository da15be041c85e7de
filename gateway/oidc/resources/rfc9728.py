"""Protected resource metadata (RFC 9728): a resource says itself which server it takes tokens from.

An operator says which resources there are. Only for a gateway on trial, and only on the machine it
runs on, a resource that names us is taken at its word: a tool server that somebody has just
started works with nothing told to anyone.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from contracts.clock import Clock
from contracts.errors import Conflict
from gateway.oidc.clients.members import SCOPE
from gateway.oidc.clients.registered import OIDC_SCOPES
from gateway.oidc.fetching.fetch import Fetcher, FetchFailed
from store import Store
from store.resources import Resource

WELL_KNOWN = "/.well-known/oauth-protected-resource"
HERE = re.compile(r"(https?://(?:localhost|127\.0\.0\.1|\[::1\]):[0-9]{1,5})(/[!-~]{0,200})?")
LONGEST_SCOPE = 255


class ResourceMetadata:
    """Learns of resources from themselves."""

    def __init__(self, store: Store, clock: Clock, issuer: str, *, on_trial: bool) -> None:
        self._store = store
        self._clock = clock
        self._fetcher = Fetcher(store, loopback=True)
        self._issuer = issuer
        self._on_trial = on_trial

    def learn(self, resource: str, scope: str) -> None:
        """Register an unknown resource of this machine that takes its tokens from us.

        It understands the scope that it announces, and what a client asks of it: a tool may name
        more in its refusals than its metadata does.
        """
        match = HERE.fullmatch(resource) if self._on_trial else None
        if match is None:
            return
        with self._store.read() as tx:
            known = tx.resources.get(resource)
        if known is None:
            path = "" if match[2] in {None, "/"} else match[2]
            known = self._announced(resource, f"{match[1]}{WELL_KNOWN}{path}")
        if known is not None and known.open:
            self._put(replace(known, scope=_widened(known.scope, scope)))

    def _announced(self, resource: str, address: str) -> Resource | None:
        try:
            said = self._fetcher.get(address).content
        except FetchFailed:
            return None
        if not isinstance(said, dict) or not self._names_us(resource, said):
            return None
        scope, now = _scope(said.get("scopes_supported")), self._clock.now()
        return Resource(resource, resource[:128], scope, open=True, created_at=now)

    def _names_us(self, resource: str, said: dict[str, Any]) -> bool:
        """Compare as section 3.3 does, so that no resource speaks for another."""
        servers = said.get("authorization_servers")
        named = isinstance(servers, list) and self._issuer in servers
        return said.get("resource") == resource and named

    def _put(self, learnt: Resource) -> None:
        with suppress(Conflict), self._store.write() as tx:
            if tx.resources.get(learnt.uri) != learnt:
                tx.resources.remove(learnt.uri)
                tx.resources.add(learnt)
                detail = {"uri": learnt.uri, "scope": learnt.scope}
                tx.audit.add("resource.learnt", detail=detail)


def _scope(values: object) -> str:
    listed = values if isinstance(values, list) else []
    scope = " ".join(value for value in listed if isinstance(value, str))
    return scope if _sound(scope) else ""


def _widened(known: str, asked: str) -> str:
    more = [value for value in asked.split() if value not in OIDC_SCOPES]
    scope = " ".join(dict.fromkeys([*known.split(), *more]))
    return scope if _sound(scope) else known


def _sound(scope: str) -> bool:
    return len(scope) <= LONGEST_SCOPE and SCOPE.fullmatch(scope) is not None
