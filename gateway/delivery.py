"""Carries what waits in the outbox: each kind by its carrier, each receiver in a lane of its own.

A message is claimed under a lease and forgotten once it is delivered. A worker that dies in between
loses nothing: the lease ends and the message is claimed again, under the same id. A receiver that
is slow or down holds up its own lane and nobody else's.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from typing import Protocol

from contracts.clock import Clock
from contracts.errors import GatehouseError, Unavailable
from store import Store
from store.outbox import OutboxRow

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
MOST = 100
"""Messages of one kind on their way at a time; the others wait in the database."""

log = logging.getLogger("gatehouse.delivery")


class Carrier(Protocol):
    """Carries messages of one kind, `at_once` so many of them."""

    at_once: int

    def lane(self, row: OutboxRow) -> str:
        """Return whose message it is: those of one lane go one after the other."""
        ...

    def carry(self, row: OutboxRow) -> None:
        """Deliver. Raises Unavailable to be asked again later, another error of ours for never."""
        ...


class Delivery:
    """Delivers the messages of one kind."""

    def __init__(self, store: Store, clock: Clock, kind: str, carrier: Carrier) -> None:
        self._store = store
        self._clock = clock
        self._kind = kind
        self._carrier = carrier
        self._threads = ThreadPoolExecutor(carrier.at_once, thread_name_prefix=kind)
        self._lanes: dict[str, deque[OutboxRow]] = {}
        self._lock = Lock()
        self._driving: set[Future[None]] = set()

    def claim(self) -> int:
        """Take what is due and set it on its way; return how many messages that were."""
        with self._lock:
            waiting = sum(map(len, self._lanes.values()))
        if waiting >= MOST:
            return 0
        with self._store.write() as tx:
            claimed = tx.outbox.claim(self._clock.now(), LEASE, self._kind)
        for row in claimed:
            self._line_up(row)
        return len(claimed)

    def settle(self, *, wait: bool = False) -> None:
        """Forget the lanes that are empty; raise what nobody had foreseen."""
        for driven in [future for future in self._driving if wait or future.done()]:
            self._driving.discard(driven)
            driven.result()

    def close(self) -> None:
        """Let what is under way come to its end."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _line_up(self, row: OutboxRow) -> None:
        lane = self._carrier.lane(row)
        with self._lock:
            waiting = self._lanes.get(lane)
            if waiting is not None:
                waiting.append(row)
                return
            self._lanes[lane] = deque([row])
        self._driving.add(self._threads.submit(self._drive, lane))

    def _drive(self, lane: str) -> None:
        """Carry the messages of a lane; once one has failed, the others are not even tried."""
        try:
            while (row := self._next(lane)) is not None:
                if not self._deliver(row):
                    self._put_off(lane)
        except BaseException:
            with self._lock:
                self._lanes.pop(lane, None)  # their lease ends, and then they are claimed again
            raise

    def _next(self, lane: str) -> OutboxRow | None:
        with self._lock:
            if waiting := self._lanes[lane]:
                return waiting.popleft()
            del self._lanes[lane]
            return None

    def _put_off(self, lane: str) -> None:
        with self._lock:
            rows, self._lanes[lane] = self._lanes[lane], deque()
        for row in rows:
            self._later(row)

    def _deliver(self, row: OutboxRow) -> bool:
        try:
            self._carrier.carry(row)
        except Unavailable as error:
            log.warning("message deferred", extra=_told(row, error))
            self._later(row)
            return False
        except GatehouseError as error:
            log.error("message dropped", extra=_told(row, error))
        with self._store.write() as tx:
            tx.outbox.done(row.id)
        return True

    def _later(self, row: OutboxRow) -> None:
        with self._store.write() as tx:
            tx.outbox.retry(row.id, self._clock.now() + pause(row.attempts))


class Deliveries:
    """Delivers every kind."""

    def __init__(self, store: Store, clock: Clock, carriers: Mapping[str, Carrier]) -> None:
        self._store = store
        self._clock = clock
        self._kinds = {
            kind: Delivery(store, clock, kind, carrier) for kind, carrier in carriers.items()
        }

    def claim(self) -> int:
        """Set on its way what is due, looking by a read; return how many messages that were."""
        self.settle()
        with self._store.read() as tx:
            due = tx.outbox.kinds(self._clock.now())
        return sum(self._kinds[kind].claim() for kind in due if kind in self._kinds)

    def drain(self) -> int:
        """Deliver what is due and wait for the end of it."""
        claimed = self.claim()
        self.settle(wait=True)
        return claimed

    def settle(self, *, wait: bool = False) -> None:
        """Raise what nobody had foreseen of what has come to its end."""
        for delivery in self._kinds.values():
            delivery.settle(wait=wait)

    def close(self) -> None:
        """Let what is under way come to its end."""
        for delivery in self._kinds.values():
            delivery.close()


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: twice as long each time, up to a limit."""
    doubled: int = 2 ** min(attempts - 1, 16)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _told(row: OutboxRow, error: GatehouseError) -> dict[str, object]:
    return {"id": row.id, "kind": row.kind, "attempts": row.attempts, "detail": error.detail}
