"""Clients whose id is the address of their metadata (OAuth Client ID Metadata Document)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracts.clock import Clock
from gateway.oidc.cache import Recent
from gateway.oidc.clients.admitted import admitted, limited
from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.registering import Supported, described
from gateway.oidc.fetching.fetch import Fetched, Fetcher, FetchFailed, Unreachable
from gateway.oidc.fetching.freshness import LEAST
from gateway.oidc.fetching.target import NotATarget, Target
from store import Store
from store.clients import DOCUMENT, Client

SCHEME = "https://"
LONGEST = 255
DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
STALE = timedelta(hours=24)
"""How long a client whose document cannot be had any more goes on."""

METHODS = frozenset({"none", "private_key_jwt"})
"""There is no way to share a secret (section 4.1)."""
SECRETS = frozenset({"client_secret", "client_secret_expires_at"})
UNUSED = frozenset(
    {
        *("subject_type", "sector_identifier_uri", "post_logout_redirect_uris"),
        *("backchannel_logout_uri", "frontchannel_logout_uri"),
    }
)
"""Strangers are not called by us, so what they say of it is not read."""


def is_client_identifier(client_id: str) -> bool:
    """Tell whether this can be a Client Identifier URL (section 3)."""
    try:
        target = Target.parse(client_id)
    except NotATarget:
        return False
    path = target.path.partition("?")[0]
    short = len(client_id) <= LONGEST and client_id.startswith(SCHEME)
    return short and path != "/" and not DOTS.search(path)


class MetadataDocuments:
    """Finds clients by their documents; each is fetched anew when its server says so."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        fetcher: Fetcher,
        policy: ClientPolicy,
        supported: Supported,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetcher = fetcher
        self._policy = policy
        self._supported = supported
        self._lately: Recent[Client] = Recent(clock, LEAST)

    def find(self, client_id: str) -> Client | None:
        """Return the client that the document at this address describes."""
        if not (is_client_identifier(client_id) and self._policy.admits(client_id)):
            return None
        with self._store.read() as tx:
            held, refresh_at = tx.clients.get(client_id), tx.registrations.refresh_at(client_id)
        if held and refresh_at and self._clock.now() < refresh_at:
            return held
        if held is None or refresh_at is None or self._clock.now() >= refresh_at + STALE:
            return self._asked(client_id, None)
        return self._lately.get(client_id, lambda: self._asked(client_id, held))

    def _asked(self, client_id: str, goes_on: Client | None) -> Client | None:
        """Fetch; where nobody answers, the client that was goes on for as long as it may."""
        try:
            return self._fetched(client_id, self._fetcher.get(client_id))
        except Unreachable:
            return goes_on
        except (FetchFailed, InvalidClientMetadata):
            return None

    def _fetched(self, client_id: str, fetched: Fetched) -> Client:
        now = self._clock.now()
        client = self._client(client_id, fetched.content)
        with self._store.write() as tx:
            held = tx.clients.get(client_id)
            if held is None:
                tx.audit.add("client.learnt", client_id=client_id)
            client = limited(client, held)
            tx.clients.put(client)
            tx.registrations.fetched(client_id, now + fetched.fresh_for)
        return client

    def _client(self, client_id: str, content: object) -> Client:
        """Return the client of a document. Raises InvalidClientMetadata."""
        said = described(_checked(client_id, content, self._supported), self._supported)
        now = self._clock.now()
        return admitted(said, self._policy, client_id=client_id, source=DOCUMENT, now=now)


def _checked(client_id: str, content: object, supported: Supported) -> dict[str, Any]:
    """Return what of a document is read (section 4). Raises InvalidClientMetadata."""
    if not isinstance(content, dict) or content.get("client_id") != client_id:
        raise InvalidClientMetadata("client_id is not the address of the document.")
    if SECRETS & content.keys():
        raise InvalidClientMetadata("A document holds no secret.")
    method = content.get("token_endpoint_auth_method", "none")
    if not isinstance(method, str) or method not in METHODS:
        raise InvalidClientMetadata("A client with a document has no shared secret.")
    said = {name: value for name, value in content.items() if name not in UNUSED}
    return {**said, "token_endpoint_auth_method": method, **_grants(content, supported)}


def _grants(content: Mapping[str, Any], supported: Supported) -> dict[str, Any]:
    """Leave out the grants that other servers know: the document was not written for us alone."""
    named = content.get("grant_types")
    if not isinstance(named, list):
        return {}
    return {"grant_types": [grant for grant in named if _known(grant, supported)]}


def _known(grant: object, supported: Supported) -> bool:
    return isinstance(grant, str) and grant in supported.grant_types
