"""Lanes of the outbox worker: whoever is slow holds up nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from contracts.errors import Unavailable
from gateway.delivery import LEASE, Deliveries
from store import Store
from store.outbox import OutboxRow
from tests.fakes.clock import FakeClock
from tests.waiting import PATIENCE, until

HOUR = timedelta(hours=1)


@dataclass
class Lanes:
    """A carrier whose receivers named `slow` wait until they are let go, or fail."""

    at_once: int = 4
    fails: set[str] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)
    tried: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)

    def lane(self, row: OutboxRow) -> str:
        return str(row.payload["to"])

    def carry(self, row: OutboxRow) -> None:
        to = self.lane(row)
        self.tried.append(to)
        if to == "slow":
            self.gate.wait(PATIENCE)
        if to in self.fails:
            raise Unavailable(detail=to)
        self.carried.append(to)


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    made.gate.set()


def put(store: Store, *receivers: str, kind: str = "call") -> None:
    for to in receivers:
        with store.write() as tx:
            tx.outbox.put(kind, {"to": to}, HOUR)


def test_a_slow_receiver_delays_no_other_not_even_in_the_next_round(
    store: Store, clock: FakeClock, lanes: Lanes
) -> None:
    deliveries = Deliveries(store, clock, {"call": lanes})
    put(store, "slow", "slow", "slow", "slow", "slow", "quick")
    deliveries.claim()
    until(lambda: lanes.carried == ["quick"])
    put(store, "other", "quick")
    deliveries.claim()
    until(lambda: sorted(lanes.carried) == ["other", "quick", "quick"])
    assert lanes.tried.count("slow") == 1
    lanes.gate.set()
    until(lambda: lanes.carried.count("slow") == 5)
    deliveries.close()


def test_kinds_do_not_wait_for_each_other(store: Store, clock: FakeClock, lanes: Lanes) -> None:
    mail = Lanes()
    deliveries = Deliveries(store, clock, {"call": Lanes(at_once=1, gate=lanes.gate), "mail": mail})
    put(store, "slow", "slow")
    put(store, "person", kind="mail")
    deliveries.claim()
    until(lambda: mail.carried == ["person"])
    lanes.gate.set()
    deliveries.close()


def test_after_a_failure_the_rest_of_the_lane_is_put_off_untried(
    store: Store, clock: FakeClock, lanes: Lanes
) -> None:
    lanes.fails, lanes.gate = {"slow"}, threading.Event()
    deliveries = Deliveries(store, clock, {"call": lanes})
    put(store, "slow", "slow", "slow")
    deliveries.claim()
    lanes.gate.set()
    deliveries.settle(wait=True)
    assert lanes.tried == ["slow"]
    assert deliveries.drain() == 0
    lanes.fails = set()
    clock.advance(timedelta(seconds=2))
    assert deliveries.drain() == 3
    assert lanes.carried == ["slow"] * 3
    deliveries.close()


def test_a_kind_that_nobody_carries_is_left_alone(
    store: Store, clock: FakeClock, lanes: Lanes
) -> None:
    put(store, "quick", kind="telegram")
    deliveries = Deliveries(store, clock, {"call": lanes})
    assert deliveries.drain() == 0
    with store.read() as tx:
        assert tx.outbox.kinds(clock.now()) == ["telegram"]
    deliveries.close()


def test_a_failure_nobody_had_foreseen_is_raised_and_its_lane_goes_on_later(
    store: Store, clock: FakeClock, lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(row: OutboxRow) -> None:
        raise ZeroDivisionError

    deliveries = Deliveries(store, clock, {"call": lanes})
    put(store, "quick")
    with monkeypatch.context() as patch:
        patch.setattr(lanes, "carry", broken)
        with pytest.raises(ZeroDivisionError):
            deliveries.drain()
    clock.advance(LEASE)
    assert deliveries.drain() == 1
    assert lanes.carried == ["quick"]
    deliveries.close()
