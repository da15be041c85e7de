"""How the worker deletes what is kept too long: when, in turns, and after it was killed."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.carriers import make_carriers
from gateway.changes import Changes
from gateway.delivery import LEASE, Deliveries
from gateway.retention import job
from gateway.retention.job import RETENTION, ask, ask_daily
from gateway.settings import Settings
from store import Store
from store.store import Transaction
from tests.fakes.clock import FakeClock
from tests.gateway.retention.conftest import DAY, YEAR, Make, held, person, told


def test_it_is_asked_for_once_and_once_a_day_by_itself(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    assert ask(store)
    assert not ask(store)
    settings = Settings(env="test", data=tmp_path)
    for _ in range(3):
        ask_daily(store, clock, settings)
    clock.advance(DAY)
    ask_daily(store, clock, settings)
    forever = Settings(env="test", data=tmp_path, template_idle_days=0)
    clock.advance(DAY / 2)
    ask_daily(store, clock, forever)
    with store.write() as tx:
        assert len(tx.outbox.claim(clock.now(), DAY, RETENTION)) == 1
        assert [each.event for each in tx.audit.list(9)] == ["retention.asked"]


def test_the_worker_does_it_in_turns(
    store: Store,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Make,
) -> None:
    """A turn that is over queues the next; whoever waits for the worker is not held up."""
    people = [person(store, f"p{one}") for one in range(5)]
    clock.advance(YEAR)
    monkeypatch.setattr("gateway.retention.sweeps.BATCH", 2)
    monkeypatch.setattr("gateway.retention.deleting.TURN", timedelta(0))
    monkeypatch.setattr("gateway.retention.opened.open_retention", lambda *_: make())
    ask(store)
    with ExitStack() as stack:
        settings = Settings(env="test", data=tmp_path)
        carriers = make_carriers(store, settings, clock, stack)
        deliveries = Deliveries(store, clock, {RETENTION: carriers[RETENTION]})
        stack.callback(deliveries.close)
        left = []
        while deliveries.drain():
            left.append(sum("voice" in held(store, each) for each in people))
    assert left == [3, 1, 0, 0]


def test_a_run_that_is_killed_goes_on_when_its_lease_ends(
    store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    """The batch under way is taken back whole; the row is claimed again."""

    class Killed(BaseException):
        pass

    people = [person(store, f"p{one}") for one in range(5)]
    clock.advance(YEAR)
    monkeypatch.setattr("gateway.retention.sweeps.BATCH", 2)
    made = Changes.made
    seen: list[Any] = []

    def die(self: Changes, tx: Transaction, change: Any) -> None:
        seen.append(change)
        if len(seen) == 4:
            raise Killed
        made(self, tx, change)

    ask(store)
    with store.write() as tx:
        assert tx.outbox.claim(clock.now(), LEASE, RETENTION)
    with monkeypatch.context() as patched:
        patched.setattr(Changes, "made", die)
        dying = make()
        with pytest.raises(Killed):
            dying.turn()
    assert sum("voice" in held(store, each) for each in people) == 3
    with store.write() as tx:
        assert not tx.outbox.claim(clock.now(), LEASE, RETENTION)
    clock.advance(LEASE)
    with store.write() as tx:
        assert tx.outbox.claim(clock.now(), LEASE, RETENTION)
    make().turn()
    assert sum("voice" in held(store, each) for each in people) == 0
    assert len(told(store, clock)) == 5, "everybody is told once"


def test_a_process_without_pages_builds_all_it_needs(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    settings = Settings(env="test", data=tmp_path, history_days=1, account_idle_days=1)
    ask(store)
    with store.write() as tx:
        [row] = tx.outbox.claim(clock.now(), LEASE, RETENTION)
        tx.outbox.done(row.id)
    job.Retentions(store, clock, settings).carry(row)
    with store.read() as tx:
        assert not tx.outbox.waits(RETENTION)
