"""Checked requests on their way, each kept for one browser and answered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from contracts.assurance import Requirement
from contracts.errors import Expired
from gateway.oidc.authorize.request import AuthorizationRequest
from gateway.oidc.clients.registered import Clients
from gateway.oidc.ports import Authentication
from store import Store, Transaction
from store.clients import Client


@dataclass(frozen=True, slots=True)
class Interaction:
    """A checked request on its way, seen from one browser; no handle where it never pauses."""

    handle: str | None
    client: Client
    request: AuthorizationRequest
    requirement: Requirement

    @property
    def path(self) -> str:
        """Return where the browser comes back to."""
        return f"/oauth/authorize/{self.handle}"


class Interactions:
    """Keeps requests for the browser that brought them."""

    def __init__(
        self, store: Store, clients: Clients, authentication: Authentication, lifetime: timedelta
    ) -> None:
        self._store = store
        self._clients = clients
        self._authentication = authentication
        self._lifetime = lifetime

    def keep(self, client: Client, request: AuthorizationRequest) -> str:
        """Keep a request; return where the browser goes on with it."""
        browser = self._authentication.browser()
        with self._store.write() as tx:
            handle = tx.interactions.put(browser, client.id, request.to_dict(), self._lifetime)
        return f"/oauth/authorize/{handle}"

    def find(self, handle: str) -> Interaction:
        """Return this browser's request. Raises Expired."""
        with self._store.read() as tx:
            found = tx.interactions.find(handle, self._authentication.browser())
        client = found and self._clients.get(found.client_id)
        if not found or not client:
            raise Expired()
        request = AuthorizationRequest.from_dict(found.request)
        requirement = request.requirement(client.record, found.created_at)
        return Interaction(handle, client.record, request, requirement)

    def close(self, tx: Transaction, interaction: Interaction) -> None:
        """Close a request, once. Raises Expired for whoever comes second."""
        browser = self._authentication.browser()
        if interaction.handle and tx.interactions.take(interaction.handle, browser) is None:
            raise Expired()
