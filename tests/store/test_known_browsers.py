"""The browsers that an account was logged in from: so many, for so long, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

from store import Account, Store
from store.known_browsers import KEPT, MOST, Known
from tests.fakes.clock import FakeClock


def look(store: Store, account: Account, browser: str) -> Known:
    with store.read() as tx:
        return tx.known_browsers.look(account.id, browser)


def test_a_browser_is_known_to_the_account_it_was_used_for(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
        tx.known_browsers.remember(jane.id, "laptop")
        tx.known_browsers.remember(jane.id, "laptop")
    assert look(store, jane, "laptop") == Known(this=True, any=True)
    assert look(store, jane, "phone") == Known(this=False, any=True)
    assert look(store, joe, "laptop") == Known(this=False, any=False)


def test_the_newest_are_kept(store: Store, jane: Account, clock: FakeClock) -> None:
    for number in range(MOST + 1):
        clock.advance(timedelta(seconds=1))
        with store.write() as tx:
            tx.known_browsers.remember(jane.id, str(number))
            tx.known_browsers.remember(jane.id, "every day")
    known = [look(store, jane, str(number)).this for number in range(MOST + 1)]
    assert known == [False, False, *[True] * (MOST - 1)]
    assert look(store, jane, "every day").this


def test_a_browser_is_forgotten_after_its_time(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    with store.write() as tx:
        tx.known_browsers.remember(jane.id, "laptop")
    clock.advance(KEPT)
    assert look(store, jane, "laptop") == Known(this=False, any=False)
    with store.write() as tx:
        assert tx.retention.purge(clock.now())["known_browsers"] == 1
