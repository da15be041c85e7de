"""A person, a client and a grant to test with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.assurance import Assurance
from store import Account, Client, Store
from store.grants import Access, Grant
from tests.fakes.clock import FakeClock

DAY = timedelta(days=1)


@pytest.fixture
def jane(store: Store) -> Account:
    with store.write() as tx:
        return tx.accounts.add("jane")


@pytest.fixture
def chatbot(store: Store, clock: FakeClock) -> Client:
    client = Client(
        id="chatbot",
        name="Chatbot",
        secret_hash=None,
        redirect_uris=("https://chat.example/callback",),
        audience="https://api.example",
        scope="openid profile",
        require_acr="mfa",
        consent=True,
        token_alg="ES256",
        access_token_seconds=300,
        created_at=clock.now(),
    )
    with store.write() as tx:
        tx.clients.add(client)
    return client


@pytest.fixture
def assurance(jane: Account, clock: FakeClock) -> Assurance:
    return Assurance(jane.id, "mfa", ("pwd", "otp", "mfa"), clock.now(), "a" * 32)


@pytest.fixture
def grant(store: Store, assurance: Assurance, chatbot: Client) -> Grant:
    with store.write() as tx:
        return tx.grants.open(assurance, chatbot.id, Access(scope="openid", nonce="nonce"), DAY)
