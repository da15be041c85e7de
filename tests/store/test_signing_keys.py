from __future__ import annotations

import threading
from datetime import timedelta

from store import Store
from store.keys import SigningKey
from tests.fakes.clock import FakeClock
from tests.waiting import PATIENCE


def key(kid: str, clock: FakeClock) -> SigningKey:
    return SigningKey(kid, "ES256", {"kid": kid}, b"private", clock.now())


def test_whoever_holds_the_keys_changes_them_alone(store: Store, clock: FakeClock) -> None:
    """A second writer sees what the first one did, on each database."""
    held, seen = threading.Event(), []

    def second() -> None:
        held.wait()
        with store.write() as tx:
            seen.extend(found.kid for found in tx.keys.hold())

    thread = threading.Thread(target=second)
    thread.start()
    with store.write() as tx:
        assert tx.keys.hold() == []
        held.set()
        thread.join(0.3)
        assert thread.is_alive()
        tx.keys.add(key("first", clock))
    thread.join()
    assert seen == ["first"]


def test_keys_are_read_while_somebody_holds_them(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        tx.keys.add(key("first", clock))
    read = []

    def reader() -> None:
        with store.read() as tx:
            read.extend(found.kid for found in tx.keys.list())

    with store.write() as tx:
        tx.keys.hold()
        thread = threading.Thread(target=reader)
        thread.start()
        thread.join(PATIENCE)
        assert read == ["first"]


def test_a_withdrawn_key_is_listed_apart_until_it_is_removed(
    store: Store, clock: FakeClock
) -> None:
    with store.write() as tx:
        tx.keys.add(key("old", clock))
        tx.keys.add(key("new", clock))
        tx.keys.retire("old", clock.now() + timedelta(hours=1))
        assert [found.kid for found in tx.keys.list()] == ["new", "old"]
        assert tx.keys.withdrawn() == []
    clock.advance(timedelta(hours=1))
    with store.write() as tx:
        assert [found.kid for found in tx.keys.list()] == ["new"]
        assert [found.private for found in tx.keys.withdrawn()] == [b"private"]
        tx.keys.remove("old")
        assert tx.keys.withdrawn() == []
        assert [found.kid for found in tx.keys.list()] == ["new"]
