"""The outbox worker: has messages delivered, purges what has had its time, rotates keys, erases."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

from contracts.clock import Clock, SystemClock
from contracts.errors import GatehouseError, Unavailable
from gateway import logs
from gateway.carriers import make_carriers
from gateway.delivery import Deliveries
from gateway.erasure import erase_when_due
from gateway.governing import Watch
from gateway.opening import open_store
from gateway.process import end_with_parent
from gateway.recovery.duty import remind_when_due
from gateway.retention.job import ask_daily
from gateway.rotation import rotate_when_due
from gateway.settings import Settings, load
from gateway.trail.sealing import Sealing
from store import Store

IDLE_SECONDS = 0.25
KEEP_EVERY = timedelta(minutes=1)
ERASE_EVERY = timedelta(seconds=10)

log = logging.getLogger("gatehouse.worker")


def purge(store: Store, clock: Clock) -> None:
    """Delete what has expired."""
    with store.write() as tx:
        deleted = tx.retention.purge(clock.now())
    if found := {table: count for table, count in deleted.items() if count}:
        log.info("purged", extra={"rows": found})


def run(
    store: Store, deliveries: Deliveries, clock: Clock, settings: Settings, stopped: threading.Event
) -> None:
    """Deliver, purge, rotate, remind and erase until told to stop."""
    kept_at = erased_at = clock.now()
    sealing = Sealing(store, settings, clock)
    while not stopped.is_set():
        found = _attempt(deliveries.claim)
        _attempt(sealing.when_due)
        if clock.now() - erased_at >= ERASE_EVERY:
            erased_at = clock.now()
            _attempt(lambda: erase_when_due(store, clock, settings))
        if clock.now() - kept_at >= KEEP_EVERY:
            kept_at = clock.now()
            _attempt(lambda: purge(store, clock))
            _attempt(lambda: rotate_when_due(store, settings, clock))
            _attempt(lambda: remind_when_due(store, settings, clock))
            _attempt(lambda: ask_daily(store, clock, settings))
        if not found:
            stopped.wait(IDLE_SECONDS)


def main() -> None:
    """Run as a process of its own, until SIGTERM."""
    logs.configure()
    end_with_parent()
    turns = Turns()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: turns.stop())
    settings, clock = load(), SystemClock()
    store = open_store(settings, clock)
    with ExitStack() as stack:
        stack.callback(store.close)
        watch = Watch(settings, store, lambda _: turns.next())
        watch.start()
        stack.callback(watch.stop)
        for over in turns:
            turn(store, clock, watch.settings, over)


def turn(store: Store, clock: Clock, settings: Settings, over: threading.Event) -> None:
    """Work until the turn is over; what carries messages goes by its settings as well."""
    with ExitStack() as stack:
        deliveries = Deliveries(store, clock, make_carriers(store, settings, clock, stack))
        stack.callback(deliveries.close)
        run(store, deliveries, clock, settings, over)


class Turns:
    """One turn of work after the other, each under settings of its own, until told to stop."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._stopped = False

    def __iter__(self) -> Iterator[threading.Event]:
        """Yield what says that a turn is over."""
        while not self._stopped:
            self._over = threading.Event()
            if not self._stopped:  # as told between the two lines above
                yield self._over

    def next(self) -> None:
        """End this turn."""
        self._over.set()

    def stop(self) -> None:
        """End this turn, and let no other begin."""
        self._stopped = True
        self._over.set()


def _attempt(work: Callable[[], int | None]) -> int | None:
    """Do some work; neither a database that is down nor one bad row is a reason to end."""
    try:
        return work()
    except Unavailable as error:
        log.warning("the store does not answer", extra={"detail": error.detail})
    except GatehouseError as error:
        log.error("some work was left undone", extra={"detail": error.detail})
    return None


if __name__ == "__main__":
    main()
