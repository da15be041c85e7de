"""Protected resource metadata (RFC 9728): a resource says itself which server it takes tokens from.

An operator says which resources there are. Only for a gateway on trial, and only on the machine it
runs on, a resource that names us is taken at its word: a tool server that somebody has just
started works with nothing told to anyone.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from contracts.clock import Clock
from contracts.errors import Conflict
from gateway.oidc.clients.fetch import Fetcher, FetchFailed
from gateway.oidc.clients.members import SCOPE
from store import Store
from store.resources import Resource

WELL_KNOWN = "/.well-known/oauth-protected-resource"
HERE = re.compile(r"(https?://(?:localhost|127\.0\.0\.1|\[::1\]):[0-9]{1,5})(/[!-~]{0,200})?")
LONGEST_SCOPE = 255


class ResourceMetadata:
    """Learns of resources from themselves."""

    def __init__(
        self, store: Store, clock: Clock, fetcher: Fetcher, issuer: str, *, on_trial: bool
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetcher = fetcher
        self._issuer = issuer
        self._on_trial = on_trial

    def learn(self, resource: str) -> None:
        """Register an unknown resource of this machine that takes its tokens from us."""
        match = HERE.fullmatch(resource) if self._on_trial else None
        if match is None or self._known(resource):
            return
        path = "" if match[2] in {None, "/"} else match[2]
        try:
            said = self._fetcher.get(f"{match[1]}{WELL_KNOWN}{path}").content
        except FetchFailed:
            return
        if isinstance(said, dict) and self._names_us(resource, said):
            self._register(resource, said)

    def _known(self, resource: str) -> bool:
        with self._store.read() as tx:
            return tx.resources.get(resource) is not None

    def _names_us(self, resource: str, said: dict[str, Any]) -> bool:
        """Compare as section 3.3 does, so that no resource speaks for another."""
        servers = said.get("authorization_servers")
        named = isinstance(servers, list) and self._issuer in servers
        return said.get("resource") == resource and named

    def _register(self, resource: str, said: dict[str, Any]) -> None:
        learnt = Resource(
            uri=resource,
            name=resource[:128],
            scope=_scope(said.get("scopes_supported")),
            open=True,
            created_at=self._clock.now(),
        )
        with suppress(Conflict), self._store.write() as tx:
            tx.resources.add(learnt)
            tx.audit.add("resource.learnt", detail={"uri": resource, "scope": learnt.scope})


def _scope(values: object) -> str:
    listed = values if isinstance(values, list) else []
    scope = " ".join(value for value in listed if isinstance(value, str))
    return scope if len(scope) <= LONGEST_SCOPE and SCOPE.fullmatch(scope) else ""
