"""Receivers of webhooks, and what the worker does for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from gateway.carriers import make_carriers
from gateway.delivery import Deliveries
from tests.gateway.conftest import House
from tests.gateway.oidc.hostile import Hostile

TAKEN = [b"HTTP/1.1 204 No Content\r\n\r\n"]


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with Hostile(None).running() as server:
        yield server


@pytest.fixture
def service(server: Hostile) -> Hostile:
    """A service that takes what it is sent at `/in`."""
    server.play("/in", TAKEN)
    server.seen.clear()
    return server


@pytest.fixture
def deliveries(house: House) -> Iterator[Deliveries]:
    """Everything that the worker carries."""
    with ExitStack() as stack:
        carriers = make_carriers(house.store, house.settings, house.clock, stack)
        made = Deliveries(house.store, house.clock, carriers)
        stack.callback(made.close)
        yield made


@pytest.fixture
def drain(deliveries: Deliveries) -> Callable[[], None]:
    """Deliver until nothing is due."""

    def drain() -> None:
        while deliveries.drain():
            pass

    return drain
