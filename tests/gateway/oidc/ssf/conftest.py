"""Clients that receive shared signals, and people who let them in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import TestResponse

from contracts.assurance import Assurance
from gateway import oidc
from gateway.delivery import Deliveries
from gateway.events.fanout import Events
from gateway.oidc.ssf.events import SUPPORTED
from store import Store
from store.accounts import Account
from store.client_metadata import ClientMetadata
from store.clients import Client
from store.events import EVENT, Event
from store.grants import Access
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty

HOUR = timedelta(hours=1)
SCOPE = "openid transfer ssf.manage ssf.read"


@dataclass
class Receiver:
    """A client that manages a stream of its own."""

    rp: RelyingParty
    scope: str = "ssf.manage"

    @property
    def http(self) -> FlaskClient:
        return self.rp.browser

    @property
    def bearer(self) -> dict[str, str]:
        answer = self.rp.token(grant_type="client_credentials", scope=self.scope)
        return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    def call(self, method: str, path: str, sent: Any = None, **more: Any) -> TestResponse:
        """Call the management API."""
        body = {} if sent is None else {"json": sent}
        return self.http.open(f"/ssf/{path}", method=method, headers=self.bearer, **body, **more)

    def create(self, **sent: Any) -> dict[str, Any]:
        """Make a stream that asks for all there is."""
        answer = self.call("POST", "stream", {"events_requested": list(SUPPORTED), **sent})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def poll(self, stream: dict[str, Any], **sent: Any) -> dict[str, Any]:
        """Poll a stream, without waiting."""
        path = stream["delivery"]["endpoint_url"].removeprefix(f"{ISSUER}/ssf/")
        answer = self.call("POST", path, {"returnImmediately": True, **sent})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


Receiving = Callable[..., Receiver]


@pytest.fixture
def receiving(app: Flask, store: Store, registered: Client) -> Receiving:
    """Register a client that may manage a stream."""

    def made(client_id: str, **metadata: Any) -> Receiver:
        held = ClientMetadata(**metadata) if metadata else registered.metadata
        api = f"https://api.{client_id}.example"
        client = replace(registered, id=client_id, scope=SCOPE, audience=api, metadata=held)
        with store.write() as tx:
            tx.clients.add(client)
        return Receiver(RelyingParty(app.test_client(), client_id))

    return made


@pytest.fixture
def receiver(receiving: Receiving) -> Receiver:
    return receiving("hears")


@dataclass
class Life:
    """What happens to people, and is told."""

    store: Store
    clock: FakeClock
    account: Account
    keys: Any = None

    def let_in(self, client_id: str, sid: str = "s" * 32, account: Account | None = None) -> None:
        """Grant a client something, in a session."""
        whose = account or self.account
        seen = Assurance(whose.id, "mfa", ("pwd",), self.clock.now(), sid)
        with self.store.write() as tx:
            tx.grants.open(seen, client_id, Access(scope="openid"), HOUR)

    def happens(self, event: Event, *, account: Account | None = None, **data: Any) -> None:
        """Let something happen, and the worker hear of it."""
        with self.store.write() as tx:
            tx.events.happened(event, (account or self.account).id, **data)
        self.fan_out()

    def fan_out(self) -> int:
        deliveries = Deliveries(self.store, self.clock, {EVENT: Events(self.store, ISSUER)})
        try:
            return deliveries.drain()
        finally:
            deliveries.close()

    def read(self, token: str) -> jwt.Token:
        """Verify a SET as a receiver does, with the keys that are published."""
        return jwt.decode(token, KeySet.import_key_set(oidc.jwks(self.store)), algorithms=["RS256"])


@pytest.fixture
def life(store: Store, clock: FakeClock, account: Account) -> Life:
    return Life(store, clock, account)
