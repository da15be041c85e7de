"""Clients that nobody registered by hand: their tokens, and how they are forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.assurance import Assurance
from store import Client, Store, Transaction
from store.clients import DOCUMENT
from store.grants import Access
from store.retention import UNUSED
from tests.fakes.clock import FakeClock
from tests.fakes.race import race

HOUR = timedelta(hours=1)


def test_an_initial_access_token_registers_as_often_as_it_says(
    store: Store, clock: FakeClock
) -> None:
    with store.write() as tx:
        token = tx.initial_access_tokens.issue(2, HOUR)
        late = tx.initial_access_tokens.issue(2, HOUR)
        spent = [tx.initial_access_tokens.spend(token) for _ in range(3)]
        assert spent == [True, True, False]
        assert not tx.initial_access_tokens.stands(token)
        assert tx.initial_access_tokens.stands(late)
        assert not tx.initial_access_tokens.spend("unknown")
    clock.advance(HOUR)
    with store.write() as tx:
        assert not tx.initial_access_tokens.spend(late)


def test_uses_are_counted_however_many_ask_at_once(store: Store) -> None:
    with store.write() as tx:
        token = tx.initial_access_tokens.issue(3, HOUR)

    def spend() -> bool:
        with store.write() as tx:
            return tx.initial_access_tokens.spend(token)

    assert sum(race(spend)) == 3


def test_a_registration_access_token_is_of_one_client(store: Store, chatbot: Client) -> None:
    with store.write() as tx:
        tx.clients.add(replace(chatbot, id="other"))
        token, other = tx.registrations.open("chatbot"), tx.registrations.open("other")
    with store.read() as tx:
        assert tx.registrations.holds("chatbot", token)
        assert not tx.registrations.holds("chatbot", other)
        assert not tx.registrations.holds("chatbot", "")
        assert not tx.registrations.holds("nobody", token)
    with store.write() as tx:
        tx.clients.remove("chatbot")
    with store.read() as tx:
        assert not tx.registrations.holds("chatbot", token)


def test_a_client_without_a_token_holds_none(store: Store, chatbot: Client) -> None:
    with store.write() as tx:
        tx.registrations.fetched("chatbot", chatbot.created_at)
        assert not tx.registrations.holds("chatbot", "")


def test_a_document_is_put_again(store: Store, chatbot: Client, clock: FakeClock) -> None:
    changed = replace(chatbot, name="Changed", redirect_uris=("https://other.example/",))
    with store.write() as tx:
        assert tx.registrations.refresh_at("chatbot") is None
        for lifetime in (HOUR, 2 * HOUR):
            tx.clients.put(changed)
            tx.registrations.fetched("chatbot", clock.now() + lifetime)
    with store.read() as tx:
        assert tx.clients.get("chatbot") == replace(changed, version=3)
        assert tx.registrations.refresh_at("chatbot") == clock.now() + 2 * HOUR


def test_many_may_put_one_document_at_once(store: Store, chatbot: Client, clock: FakeClock) -> None:
    document = replace(chatbot, id="https://agent.example/c", source=DOCUMENT)

    def put() -> bool:
        with store.write() as tx:
            tx.clients.put(document)
            tx.registrations.fetched(document.id, clock.now() + HOUR)
        return True

    assert all(race(put))
    with store.read() as tx:
        kept = tx.clients.get(document.id)
    assert kept
    assert replace(kept, version=1) == document


@pytest.fixture
def documents(store: Store, chatbot: Client, clock: FakeClock) -> list[str]:
    ids = [f"https://{name}.example/c" for name in ("unused", "granted", "allowed", "waiting")]
    with store.write() as tx:
        for client_id in ids:
            tx.clients.put(replace(chatbot, id=client_id, source=DOCUMENT))
            tx.registrations.fetched(client_id, clock.now() + HOUR)
    return ids


def test_documents_that_nobody_uses_are_forgotten(
    store: Store, assurance: Assurance, documents: list[str], clock: FakeClock
) -> None:
    _, granted, allowed, waiting = documents
    with store.write() as tx:
        assert tx.retention.purge(clock.now())["clients"] == 0
        tx.grants.open(assurance, granted, Access(scope="openid"), 2 * UNUSED)
        tx.interactions.put("browser", waiting, {}, 2 * UNUSED)
        tx.consents.give(assurance.subject, allowed, {"openid"})
    clock.advance(UNUSED)
    with store.write() as tx:
        assert tx.retention.purge(clock.now())["clients"] == 1
        assert known(tx) == {"chatbot", *documents[1:]}
    clock.advance(UNUSED)
    with store.write() as tx:
        assert tx.retention.purge(clock.now())["clients"] == 2
        assert known(tx) == {"chatbot", allowed}


def known(tx: Transaction) -> set[str]:
    return {client.id for client in tx.clients.list()}
