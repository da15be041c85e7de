"""Recoveries in the store: one at a time, each step once, whoever else asks at the same time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from contracts.errors import Expired
from store import Account, Store
from store.recoveries import Recovery, State, Timing
from store.recovery_walks import RecoveryWalk
from tests.fakes.clock import FakeClock
from tests.fakes.race import RUNNERS, race

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def timing(clock: FakeClock) -> Timing:
    now = clock.now()
    return Timing(ready_at=now + DAY, remind_at=now + DAY / 2, ends_at=now + 7 * DAY)


def started(store: Store, jane: Account, clock: FakeClock) -> tuple[Recovery, str]:
    with store.write() as tx:
        made = tx.recoveries.start(jane.id, proven=("otp",), timing=timing(clock))
        assert made
        recovery = tx.recoveries.under_way(jane.id)
    assert recovery
    return recovery, made[1]


def opened(store: Store, recovery: Recovery) -> Recovery:
    with store.write() as tx:
        handle = tx.recoveries.open(recovery, "browser", HOUR)
        assert handle
        assert tx.recoveries.opened(handle, "another browser") is None
        found = tx.recoveries.opened(handle, "browser")
    assert found
    return found


def test_one_at_a_time(store: Store, jane: Account, clock: FakeClock) -> None:
    def start() -> bool:
        with store.write() as tx:
            return tx.recoveries.start(jane.id, timing=timing(clock)) is not None

    assert Counter(race(start)) == {True: 1, False: RUNNERS - 1}


def test_one_that_lapsed_is_in_nobodys_way(store: Store, jane: Account, clock: FakeClock) -> None:
    _, claim = started(store, jane, clock)
    clock.advance(7 * DAY)
    with store.write() as tx:
        assert tx.recoveries.claimed(claim) is None
        assert tx.recoveries.under_way(jane.id) is None
        assert tx.recoveries.start(jane.id, timing=timing(clock))


def test_it_opens_once_it_has_waited(store: Store, jane: Account, clock: FakeClock) -> None:
    recovery, claim = started(store, jane, clock)
    with store.write() as tx:
        assert tx.recoveries.claimed(claim.lower().replace("-", " ")) == recovery
        assert tx.recoveries.open(recovery, "browser", HOUR) is None
    clock.advance(DAY)
    assert opened(store, recovery).id == recovery.id


def test_who_opens_it_again_is_the_only_one(store: Store, jane: Account, clock: FakeClock) -> None:
    recovery, _ = started(store, jane, clock)
    clock.advance(DAY)
    first, second = opened(store, recovery), opened(store, recovery)
    with store.write() as tx:
        assert not tx.recoveries.finish(first)
        assert tx.recoveries.finish(second)


def test_one_end_of_a_recovery(store: Store, jane: Account, clock: FakeClock) -> None:
    recovery, _ = started(store, jane, clock)
    clock.advance(DAY)
    ready = opened(store, recovery)

    def finish() -> bool:
        with store.write() as tx:
            return tx.recoveries.finish(ready)

    assert sum(race(finish)) == 1


def test_either_it_is_finished_or_it_is_stopped(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    recovery, _ = started(store, jane, clock)
    clock.advance(DAY)
    ready = opened(store, recovery)
    turns = iter(range(RUNNERS))

    def finish_or_stop() -> str:
        with store.write() as tx:
            if next(turns) % 2:
                return "finished" if tx.recoveries.finish(ready) else ""
            return "stopped" if tx.recoveries.stop(ready.stop_code, clock.now() + DAY) else ""

    ended = Counter(race(finish_or_stop))
    assert ended.pop("") == RUNNERS - 1
    with store.read() as tx:
        assert tx.recoveries.stopped(jane.id) == ("stopped" in ended)


def test_a_stopped_one_is_remembered_and_goes_on_nowhere(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    recovery, claim = started(store, jane, clock)
    with store.write() as tx:
        stopped = tx.recoveries.stop(recovery.stop_code.lower(), clock.now() + 7 * DAY)
        assert stopped
        assert stopped.state is State.STOPPED
        assert tx.recoveries.stop(recovery.stop_code, clock.now() + 7 * DAY) is None
        assert tx.recoveries.claimed(claim) is None
        assert tx.recoveries.stopped(jane.id)
    clock.advance(7 * DAY)
    with store.write() as tx:
        assert not tx.recoveries.stopped(jane.id)
        assert tx.retention.purge(clock.now())["recoveries"] == 1


def test_what_was_asked_for_waits_once_it_is_approved(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    with store.write() as tx:
        asked = tx.recoveries.ask(jane.id, "ann", clock.now() + DAY)
        assert asked
        assert tx.recoveries.ask(jane.id, "eve", clock.now() + DAY) is None
        assert tx.recoveries.approve(asked, "ann", timing(clock)) is None

    def approve() -> str:
        with store.write() as tx:
            approved = tx.recoveries.approve(asked, "bob", timing(clock))
            return approved[1] if approved else ""

    claims = Counter(race(approve))
    assert claims.pop("") == RUNNERS - 1
    [claim] = claims
    with store.read() as tx:
        [recovery] = tx.recoveries.list(state=None, after=None, limit=9)
        assert tx.recoveries.claimed(claim) == recovery
    assert (recovery.started_by, recovery.approved_by) == ("ann", "bob")


def test_they_are_listed_page_by_page(store: Store, clock: FakeClock) -> None:
    for number in range(5):
        with store.write() as tx:
            jane = tx.accounts.add(f"jane{number}")
            tx.recoveries.ask(jane.id, "ann", clock.now() + DAY)
            joe = tx.accounts.add(f"joe{number}")
            tx.recoveries.start(joe.id, timing=timing(clock))
    seen: list[Recovery] = []
    with store.read() as tx:
        while page := tx.recoveries.list(state=State.ASKED, after=_place(seen), limit=2):
            seen += page
        everything = tx.recoveries.list(state=None, after=None, limit=99)
    assert len({each.id for each in seen}) == 5
    assert {each.state for each in seen} == {State.ASKED}
    assert len(everything) == 10


def _place(seen: list[Recovery]) -> tuple[datetime, str] | None:
    return (seen[-1].created_at, seen[-1].id) if seen else None


def test_people_are_reminded_once(store: Store, jane: Account, clock: FakeClock) -> None:
    started(store, jane, clock)
    with store.read() as tx:
        assert list(tx.recoveries.due()) == []
    clock.advance(DAY / 2)
    with store.read() as tx:
        [due] = tx.recoveries.due()

    def remind() -> bool:
        with store.write() as tx:
            return tx.recoveries.reminded(due)

    assert sum(race(remind)) == 1
    with store.read() as tx:
        assert list(tx.recoveries.due()) == []


def test_a_disabled_account_goes_on_nowhere(store: Store, jane: Account, clock: FakeClock) -> None:
    recovery, claim = started(store, jane, clock)
    clock.advance(DAY)
    ready = opened(store, recovery)
    with store.write() as tx:
        tx.accounts.set_disabled(jane.id, True)
        assert tx.recoveries.claimed(claim) is None
        assert not tx.recoveries.finish(ready)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_walk_is_its_browsers_and_moves_once(store: Store, jane: Account) -> None:
    with store.write() as tx:
        handle = tx.recovery_walks.open(RecoveryWalk(jane.id, "jane"), "browser", HOUR)
        assert tx.recovery_walks.find(handle, "another") is None
        walk = tx.recovery_walks.find(handle, "browser")
        assert walk
        assert tx.recovery_walks.failed(walk) == 1
        assert tx.recovery_walks.advance(walk)
        assert not tx.recovery_walks.advance(walk)
        assert not tx.recovery_walks.close(walk)
        moved = tx.recovery_walks.find(handle, "browser")
        assert moved
        assert tx.recovery_walks.close(moved)
    with pytest.raises(Expired), store.write() as tx:
        tx.recovery_walks.failed(moved)
