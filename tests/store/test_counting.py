"""What every store of limits must keep: the database's, on either, and Valkey's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

import pytest

from contracts.errors import Misconfigured, Unavailable
from store import Store
from store.counting import Count
from store.keys_file import Keys
from tests import valkey
from tests.fakes.clock import FakeClock
from tests.fakes.race import race

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgres", "valkey"])
def counter(request: pytest.FixtureRequest) -> str:
    """Where limits are counted."""
    kind: str = request.param
    return kind


@pytest.fixture
def database(counter: str) -> str:
    """The database beside it."""
    return "postgres" if counter == "postgres" else "sqlite"


@pytest.fixture
def valkey_url(counter: str) -> Iterator[str]:
    if counter != "valkey":
        yield ""
    else:
        with valkey.running() as url:
            yield url


def opened(urls: tuple[str, str], keys: Keys, clock: FakeClock, valkey_url: str) -> Store:
    return Store(
        database_url=urls[0],
        keystore_url=urls[1],
        keys=keys,
        clock=clock,
        valkey_url=valkey_url,
    )


@pytest.fixture
def store(urls: tuple[str, str], keys: Keys, clock: FakeClock, valkey_url: str) -> Iterator[Store]:
    made = opened(urls, keys, clock, valkey_url)
    yield made
    made.close()


def attempts(store: Store, number: int, limit: int = 10) -> list[Count]:
    with store.write() as tx:
        return [tx.limits.attempt("jane", limit, HOUR) for _ in range(number)]


def test_a_limit_counts_within_its_window(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        assert [tx.limits.hit("jane", 2, MINUTE) for _ in range(3)] == [0, 0, 60]
        assert tx.limits.hit("joe", 2, MINUTE) == 0
    clock.advance(timedelta(seconds=30.5))
    with store.write() as tx:
        assert tx.limits.hit("jane", 2, MINUTE) == 30
    clock.advance(timedelta(seconds=29.5))
    with store.write() as tx:
        assert [tx.limits.hit("jane", 2, MINUTE) for _ in range(3)] == [0, 0, 60]


def test_a_limit_is_peeked_at(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        assert tx.limits.peek("jane", 1) == 0
        tx.limits.hit("jane", 1, MINUTE)
        assert tx.limits.peek("jane", 2) == 0
        assert tx.limits.peek("jane", 1) == 60
    clock.advance(MINUTE)
    with store.read() as tx:
        assert tx.limits.peek("jane", 1) == 0


def test_a_hit_is_taken_back(store: Store) -> None:
    with store.write() as tx:
        tx.limits.take_back("jane")
        assert [tx.limits.hit("jane", 1, MINUTE) for _ in range(2)] == [0, 60]
        for _ in range(3):
            tx.limits.take_back("jane")
        assert [tx.limits.hit("jane", 1, MINUTE) for _ in range(2)] == [0, 60]


def test_several_are_read_at_once(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        assert [tx.limits.count(key, MINUTE) for key in ("jane", "joe", "joe")] == [1, 1, 2]
        assert list(tx.limits.hits(["joe", "nobody", "jane"])) == [2, 0, 1]
    clock.advance(MINUTE)
    with store.read() as tx:
        assert list(tx.limits.hits(["joe", "jane"])) == [0, 0]


def test_waits_grow_up_to_the_window(store: Store, clock: FakeClock) -> None:
    waited, began = [], clock.now()
    assert attempts(store, 3) == [Count(1), Count(2), Count(3)]
    for hits in range(4, 11):
        (refused,) = attempts(store, 1)
        waited.append(refused.wait)
        clock.advance(timedelta(seconds=refused.wait))
        assert attempts(store, 1) == [Count(hits)]
    assert waited == [1, 2, 4, 8, 16, 32, 64]
    (refused,) = attempts(store, 1)
    assert began + HOUR == clock.now() + timedelta(seconds=refused.wait)
    clock.advance(timedelta(seconds=refused.wait))
    assert attempts(store, 1) == [Count(1)]


@pytest.mark.parametrize(("limit", "free"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_no_more_than_the_limit_is_free(store: Store, limit: int, free: int) -> None:
    made = attempts(store, 5, limit)
    assert [count.wait == 0 for count in made] == [True] * free + [False] * (5 - free)
    assert {count.wait for count in made[free:]} == {3600 if limit < 4 else 1}


def test_what_waits_is_not_counted(store: Store, clock: FakeClock) -> None:
    attempts(store, 30)
    clock.advance(timedelta(seconds=1))
    assert attempts(store, 1) == [Count(4)]


def test_a_right_answer_takes_itself_and_its_wait_back(store: Store) -> None:
    attempts(store, 3)
    with store.write() as tx:
        tx.limits.take_back("jane")
    assert attempts(store, 2) == [Count(3), Count(3, 1)]


def test_attempts_at_once_do_not_slip_through(
    store: Store, urls: tuple[str, str], keys: Keys, clock: FakeClock, valkey_url: str
) -> None:
    others = [store, *(opened(urls, keys, clock, valkey_url) for _ in range(3))]
    turns = cycle(others)
    made = race(lambda: attempts(next(turns), 1)[0].wait, 20)
    assert made.count(0) == 3
    for other in others[1:]:
        other.close()


def test_counts_outlive_whoever_counted(
    store: Store, urls: tuple[str, str], keys: Keys, clock: FakeClock, valkey_url: str
) -> None:
    attempts(store, 3)
    store.close()
    again = opened(urls, keys, clock, valkey_url)
    assert attempts(again, 1) == [Count(3, 1)]
    again.close()


VALKEY = pytest.mark.parametrize("counter", ["valkey"], indirect=True)


@VALKEY
def test_a_valkey_that_is_down_refuses(urls: tuple[str, str], keys: Keys, clock: FakeClock) -> None:
    with valkey.running() as url:
        store = opened(urls, keys, clock, url)
        store.check()
        store.ping()
    with pytest.raises(Unavailable):
        attempts(store, 1)
    with pytest.raises(Unavailable), store.write() as tx:
        tx.limits.hits(["jane"])
    with pytest.raises(Unavailable):
        store.ping()
    with pytest.raises(Misconfigured, match="Valkey"):
        store.check()
    store.close()


@VALKEY
def test_names_lie_in_valkey_as_keyed_hashes_and_expire(store: Store, valkey_url: str) -> None:
    from valkey import Valkey

    attempts(store, 1)
    client = Valkey.from_url(valkey_url)
    (key,) = client.keys()
    assert b"jane" not in key
    assert 0 < client.pttl(key) <= HOUR // timedelta(milliseconds=1)
    client.close()


@VALKEY
def test_a_url_that_is_none_is_refused_at_the_start(
    urls: tuple[str, str], keys: Keys, clock: FakeClock
) -> None:
    with pytest.raises(Misconfigured) as refused:
        opened(urls, keys, clock, "http://localhost")
    assert "GATEHOUSE_VALKEY_URL" in str(refused.value.public)
