"""Dynamic client registration (RFC 7591): closed to strangers unless the policy opens it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from contracts.clock import Clock
from contracts.errors import TooMany
from gateway.addresses import network
from gateway.oidc.clients.admitted import admitted
from gateway.oidc.clients.members import InvalidClientMetadata, UnapprovedSoftwareStatement
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.registering import SECRET_METHODS, Described, Supported, described
from gateway.oidc.clients.sector import check_sector
from gateway.oidc.fetching.fetch import Fetcher
from store import Store
from store.clients import DYNAMIC, Client, secret_digest

PATH = "/oauth/register"
HOUR = timedelta(hours=1)
ASSIGNED = frozenset({"registration_access_token", "registration_client_uri"})
"""What a client is told and never says."""


Read = Callable[[], dict[str, Any]]
"""Reads what was sent, once it is known that its sender may be heard."""


class InvalidToken(Exception):
    """The token does not let its bearer do this (RFC 6750, section 3.1)."""


@dataclass(frozen=True, slots=True)
class Information:
    """A client and, where it was made just now, its secret (RFC 7591, section 3.2.1)."""

    client: Client
    registration_access_token: str
    client_secret: str | None = None

    def to_dict(self, issuer: str) -> dict[str, Any]:
        """Return all metadata as it is registered, and where to change it (RFC 7592, section 3)."""
        client = self.client
        said = {name: value for name, value in asdict(client.metadata).items() if value}
        return {
            "client_id": client.id,
            "client_id_issued_at": int(client.created_at.timestamp()),
            **self._secret(),
            "registration_access_token": self.registration_access_token,
            "registration_client_uri": f"{issuer}{PATH}/{client.id}",
            "client_name": client.name,
            "redirect_uris": list(client.redirect_uris),
            "response_types": ["code"] if "authorization_code" in said["grant_types"] else [],
            "scope": client.scope,
            **said,
        }

    def _secret(self) -> dict[str, Any]:
        """Return a secret that was made now; later nobody knows it but the client."""
        if self.client_secret is None:
            return {}
        return {"client_secret": self.client_secret, "client_secret_expires_at": 0}


class Registrar:
    """Turns what a client says of itself into a client."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        fetcher: Fetcher,
        policy: ClientPolicy,
        supported: Supported,
    ) -> None:
        self.store = store
        self._clock = clock
        self._fetcher = fetcher
        self._policy = policy
        self._supported = supported

    def register(self, token: str, source: str, read: Read) -> Information:
        """Register a client for the bearer of an initial access token, or for a stranger.

        Raises InvalidToken, TooMany and InvalidClientMetadata; a token is only spent on success.
        """
        self._admit(token, source)
        client, secret = self.client(read(), client_id=secrets.token_urlsafe(24))
        with self.store.write() as tx:
            if token and not tx.initial_access_tokens.spend(token):
                raise InvalidToken
            tx.clients.add(client)
            registration_access_token = tx.registrations.open(client.id)
            tx.audit.add("client.registered", client_id=client.id, source=source)
        return Information(client, registration_access_token, secret)

    def client(
        self, sent: dict[str, Any], *, client_id: str, old: Client | None = None
    ) -> tuple[Client, str | None]:
        """Return a client as it describes itself, and the secret that it needs and had not.

        Raises InvalidClientMetadata.
        """
        said = self._described(sent)
        now = old.created_at if old else self._clock.now()
        client = admitted(said, self._policy, client_id=client_id, source=DYNAMIC, now=now)
        if said.metadata.token_endpoint_auth_method not in SECRET_METHODS:
            return client, None
        if old and old.secret_hash:
            return replace(client, secret_hash=old.secret_hash), None
        secret = secrets.token_urlsafe(32)
        return replace(client, secret_hash=secret_digest(secret)), secret

    def _described(self, sent: dict[str, Any]) -> Described:
        if "software_statement" in sent:
            raise UnapprovedSoftwareStatement("No software statement is trusted here.")
        if ASSIGNED & sent.keys():
            raise InvalidClientMetadata("A client cannot choose what it is assigned.")
        said = described(sent, self._supported)
        check_sector(said, self._fetcher)
        return said

    def _admit(self, token: str, source: str) -> None:
        if token or self._policy.registration != "open":
            with self.store.read() as tx:
                if not tx.initial_access_tokens.stands(token):
                    raise InvalidToken
            return
        with self.store.write() as tx:
            caller = f"register|{network(source)}"
            wait = tx.limits.hit(caller, self._policy.registrations_per_hour, HOUR)
        if wait:
            raise TooMany(detail=f"registrations from {source}", retry_after=wait)
