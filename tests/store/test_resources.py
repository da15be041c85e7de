"""Protected resources: who may ask for which, and what they understand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.errors import Conflict
from store import Client, Store
from store.client_metadata import ClientMetadata
from store.resources import Resource
from tests.fakes.clock import FakeClock

TRANSFER = {"transfer": {"title": "Transfer money", "members": {}}}


@pytest.fixture
def bank(store: Store, clock: FakeClock) -> Resource:
    bank = Resource("https://bank.example", "Bank", "read pay", False, clock.now(), TRANSFER)
    with store.write() as tx:
        tx.resources.add(bank)
    return bank


def test_a_resource_comes_back_as_it_went(store: Store, bank: Resource) -> None:
    with store.read() as tx:
        assert tx.resources.get(bank.uri) == bank
        assert tx.resources.get(bank.uri + "/") is None
        assert tx.resources.list() == [bank]


def test_an_indicator_exists_once_and_so_does_a_type(store: Store, bank: Resource) -> None:
    with pytest.raises(Conflict), store.write() as tx:
        tx.resources.add(replace(bank, authorization_details={}))
    with pytest.raises(Conflict), store.write() as tx:
        tx.resources.add(replace(bank, uri="https://other.example"))


def test_a_removed_resource_is_gone_once(store: Store, bank: Resource) -> None:
    with store.write() as tx:
        assert tx.resources.remove(bank.uri)
        assert not tx.resources.remove(bank.uri)
        assert tx.resources.get(bank.uri) is None


@pytest.mark.parametrize(
    ("source", "opened", "named", "served"),
    [
        ("operator", False, False, False),
        ("operator", False, True, True),
        ("operator", True, False, False),
        ("dynamic", True, False, True),
        ("document", True, False, True),
        ("dynamic", False, False, False),
    ],
)
def test_open_means_open_to_strangers(
    bank: Resource, chatbot: Client, source: str, opened: bool, named: bool, served: bool
) -> None:
    metadata = ClientMetadata(resources=(bank.uri,) if named else ())
    client = replace(chatbot, source=source, metadata=metadata)
    assert replace(bank, open=opened).serves(client) is served
