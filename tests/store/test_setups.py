"""The one-time link of the first admin: one at a time, once, for a while."""

from __future__ import annotations

from datetime import timedelta

from store import Store
from tests.fakes.clock import FakeClock

DAY = timedelta(days=1)


def made(store: Store) -> str:
    with store.write() as tx:
        return tx.setups.make(DAY)[0]


def spent(store: Store, token: str) -> bool:
    with store.write() as tx:
        return tx.setups.spend(token)


def test_a_token_is_spent_once_however_it_is_typed(store: Store) -> None:
    token = made(store)
    assert not spent(store, token[:-1])
    assert spent(store, token.lower().replace("-", " "))
    assert not spent(store, token)


def test_a_new_one_takes_the_place_of_the_old(store: Store) -> None:
    old, new = made(store), made(store)
    assert not spent(store, old)
    assert spent(store, new)


def test_it_is_good_for_its_time_alone(store: Store, clock: FakeClock) -> None:
    token = made(store)
    clock.advance(DAY)
    assert not spent(store, token)
