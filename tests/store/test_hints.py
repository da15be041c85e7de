"""Whom a client means."""

from __future__ import annotations

import pytest

from contracts.assurance import Assurance
from store import Account, Client, Store
from store.grants import Grant
from store.hints import SECOND


@pytest.fixture
def ada(store: Store) -> Account:
    with store.write() as tx:
        return tx.accounts.add("ada", "ada@example.org")


def named(store: Store, hint: str) -> str | None:
    with store.read() as tx:
        return tx.hints.named(hint)


@pytest.mark.parametrize("hint", ["ada", " ADA ", "ada@example.org", "Ada@Example.ORG"])
def test_a_person_is_named(store: Store, ada: Account, hint: str) -> None:
    assert named(store, hint) == ada.id


@pytest.mark.parametrize("hint", ["", "bob", "bob@example.org", "a%", "\udcff"])
def test_nobody_is_named(store: Store, ada: Account, hint: str) -> None:
    assert ada.active
    assert named(store, hint) is None


def test_an_address_of_two_names_neither_and_a_username_comes_first(
    store: Store, ada: Account
) -> None:
    with store.write() as tx:
        tx.accounts.add("twin", "ada@example.org")
    assert named(store, "ada@example.org") is None
    with store.write() as tx:
        tx.accounts.set_disabled(ada.id, True)
        named_so = tx.accounts.add("ada@example.org")
    assert named(store, "ada@example.org") == named_so.id


def test_a_disabled_person_is_nobody(store: Store, ada: Account) -> None:
    with store.write() as tx:
        assert tx.hints.known(ada.id) == ada.id
        tx.accounts.set_disabled(ada.id, True)
        assert tx.hints.known(ada.id) is None
    assert named(store, "ada") is None


def test_a_login_is_known_to_the_clients_that_heard_of_it(
    store: Store, grant: Grant, chatbot: Client, assurance: Assurance
) -> None:
    with store.read() as tx:
        at = assurance.auth_time.replace(microsecond=0)
        assert tx.hints.logged_in(at, chatbot.id) == [grant.account_id]
        assert tx.hints.logged_in(at, "another") == []
        for other in (at - SECOND, at + SECOND):
            assert tx.hints.logged_in(other, chatbot.id) == []
