"""Clients that hold a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.dpop.prover import Prover
from tests.gateway.oidc.relying_party import RelyingParty

BOUND = ClientMetadata(dpop_bound_access_tokens=True)

MakeProver = Callable[..., Prover]


@pytest.fixture
def prover(clock: FakeClock) -> Prover:
    """The holder of a key."""
    return Prover(clock)


@pytest.fixture
def bound(app: Flask, store: Store, registered: Client) -> RelyingParty:
    """A confidential client whose tokens are always bound."""
    with store.write() as tx:
        tx.clients.add(replace(registered, id="bound", metadata=BOUND))
    return RelyingParty(app.test_client(), "bound")
