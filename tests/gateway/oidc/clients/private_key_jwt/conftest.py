"""A client that signs what proves it."""

from __future__ import annotations

from typing import Any

import pytest

from store import Store
from store.clients import Client, secret_digest
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import SECRET, RelyingParty
from tests.gateway.oidc.signing_party import (
    SigningParty,
    add,
    metadata,
)

ASKED = {"grant_type": "client_credentials"}


@pytest.fixture
def signer(store: Store, registered: Client, clock: FakeClock) -> SigningParty:
    """A client that signs for itself; it has a secret too, which it did not register to use."""
    add(store, registered, id="signer", metadata=metadata(), secret_hash=secret_digest(SECRET))
    return SigningParty(clock)


def asks(rp: RelyingParty, assertion: dict[str, str], **more: str) -> Any:
    return rp.browser.post("/oauth/token", data={**ASKED, **assertion, **more})
