"""Pings of CIBA (CIBA Core 1.0, section 10.2), and what a client registers for them (section 4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.errors import BadRequest
from gateway.carriers import Pings
from gateway.clients import GRANT_TYPES, Registration, register
from gateway.delivery import Deliveries
from store import Store
from store.backchannel_requests import PING
from store.clients import DYNAMIC, Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.backchannel.backend import GRANT_TYPE
from tests.gateway.oidc.hostile import Hostile

PAYLOAD = {
    "client_id": "pinged",
    "auth_req_id": "1c266114",
    "client_notification_token": "8d67dc78-7faa-4d41-aabd-67707b374255",
}
MINUTES = timedelta(minutes=2)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Hostile]:
    with Hostile(None).running() as server:
        yield server


@pytest.fixture
def client(registered: Client, receiver: Hostile) -> Client:
    receiver.seen.clear()
    url = receiver.play("/ping", [answer(204)])
    metadata = replace(registered.metadata, backchannel_client_notification_endpoint=url)
    return replace(registered, id="pinged", metadata=metadata)


@pytest.fixture
def deliveries(store: Store, clock: FakeClock) -> Iterator[Deliveries]:
    made = Deliveries(store, clock, {PING: Pings(store)})
    yield made
    made.close()


def answer(status: int) -> bytes:
    return f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n".encode()


def wait(store: Store, *clients: Client) -> None:
    with store.write() as tx:
        for client in clients:
            tx.clients.add(client)
        tx.outbox.put(PING, PAYLOAD, MINUTES)


@pytest.fixture
def waiting(store: Store, client: Client) -> None:
    wait(store, client)


def test_a_client_is_told_which_request_and_nothing_else(
    store: Store, client: Client, receiver: Hostile, deliveries: Deliveries
) -> None:
    wait(store, client)
    assert deliveries.drain() == 1
    [raw] = receiver.seen
    head, _, body = raw.decode().partition("\r\n\r\n")
    assert head.startswith("POST /ping HTTP/1.1\r\n")
    assert f"Authorization: Bearer {PAYLOAD['client_notification_token']}" in head.split("\r\n")
    assert "Content-Type: application/json" in head.split("\r\n")
    assert json.loads(body) == {"auth_req_id": PAYLOAD["auth_req_id"]}
    assert deliveries.drain() == 0


@pytest.mark.parametrize(
    ("status", "calls"), [(200, 1), (204, 1), (302, 2), (400, 1), (401, 1), (500, 2), (503, 2)]
)
@pytest.mark.usefixtures("waiting")
def test_who_is_told_again(
    receiver: Hostile, deliveries: Deliveries, clock: FakeClock, status: int, calls: int
) -> None:
    """A redirect is not followed; what a client refuses it is not asked to take again."""
    receiver.play("/ping", [answer(status)])
    deliveries.drain()
    clock.advance(timedelta(seconds=10))
    deliveries.drain()
    assert len(receiver.seen) == calls


def test_a_ping_ends_with_its_request(
    store: Store, client: Client, receiver: Hostile, deliveries: Deliveries, clock: FakeClock
) -> None:
    receiver.play("/ping", [answer(503)])
    wait(store, client)
    tries = 0
    for _ in range(100):
        tries += deliveries.drain()
        clock.advance(timedelta(seconds=10))
    assert 3 < tries < 8


def test_a_stranger_is_not_called_on_this_machine(
    store: Store, client: Client, receiver: Hostile, deliveries: Deliveries
) -> None:
    wait(store, replace(client, source=DYNAMIC))
    assert deliveries.drain() == 1
    assert receiver.seen == []


def test_a_client_that_is_gone_is_not_told(store: Store, deliveries: Deliveries) -> None:
    wait(store)
    assert deliveries.drain() == 1
    assert deliveries.drain() == 0


class TestRegistration:
    def register(self, store: Store, clock: FakeClock, **said: object) -> Client:
        ciba: dict[str, object] = {"grant_types": (*GRANT_TYPES, GRANT_TYPE), **said}
        wanted = Registration(client_id="backend", access_token_seconds=300, **ciba)  # type: ignore[arg-type]
        return register(store, clock, wanted)[0]

    @pytest.mark.parametrize(
        "said",
        [
            {"ciba": "poll"},
            {"ciba": "ping", "ciba_notification_endpoint": "https://backend.example/ping"},
            {"ciba": "ping", "ciba_notification_endpoint": "http://localhost:8081/ping"},
        ],
    )
    def test_what_fits(self, store: Store, clock: FakeClock, said: dict[str, object]) -> None:
        metadata = self.register(store, clock, **said).metadata
        assert metadata.backchannel_token_delivery_mode == said["ciba"]
        assert GRANT_TYPE in metadata.grant_types

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"ciba": "poll", "public": True},
            {"ciba": "poll", "grant_types": GRANT_TYPES},
            {"ciba": "ping"},
            {"ciba": "ping", "ciba_notification_endpoint": "http://backend.example/ping"},
            {"ciba": "ping", "ciba_notification_endpoint": "https://backend.example/ping#x"},
        ],
    )
    def test_what_does_not(self, store: Store, clock: FakeClock, said: dict[str, object]) -> None:
        with pytest.raises(BadRequest):
            self.register(store, clock, **said)
