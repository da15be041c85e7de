"""The outbox worker: carries messages to people, purges what has had its time, rotates keys.

A message is claimed under a lease and forgotten once it is sent. A worker that dies in between
loses nothing: the lease ends and the message is claimed again, under the same message id.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from contracts.clock import Clock, SystemClock
from contracts.errors import GatehouseError, Unavailable
from contracts.factor import Channel
from contracts.sender import Sender
from gateway import logs
from gateway.opening import open_store
from gateway.process import end_with_parent
from gateway.rotation import rotate_when_due
from gateway.senders import make_senders
from gateway.settings import Settings, load
from store import Store
from store.outbox import OutboxRow

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
SENDING = 4
"""Messages on their way at a time, so that one slow mail server does not hold the others."""
IDLE_SECONDS = 0.25
KEEP_EVERY = timedelta(minutes=1)

Senders = Mapping[Channel, Sender]

log = logging.getLogger("gatehouse.worker")


def drain(store: Store, senders: Senders, clock: Clock) -> int:
    """Send the messages that are due; return how many were claimed. Looking is only a read."""
    with store.read() as tx:
        if not tx.outbox.waiting(clock.now()):
            return 0
    with store.write() as tx:
        claimed = tx.outbox.claim(clock.now(), LEASE)
    if claimed:
        with ThreadPoolExecutor(SENDING) as threads:
            list(threads.map(lambda row: _deliver(store, senders, clock, row), claimed))
    return len(claimed)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: twice as long each time, up to a limit."""
    doubled: int = 2 ** min(attempts - 1, 16)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def purge(store: Store, clock: Clock) -> None:
    """Delete what has expired."""
    with store.write() as tx:
        deleted = tx.retention.purge(clock.now())
    if found := {table: count for table, count in deleted.items() if count}:
        log.info("purged", extra={"rows": found})


def run(
    store: Store, senders: Senders, clock: Clock, settings: Settings, stopped: threading.Event
) -> None:
    """Drain, purge and rotate until told to stop."""
    kept_at = clock.now()
    while not stopped.is_set():
        found = _attempt(lambda: drain(store, senders, clock))
        if clock.now() - kept_at >= KEEP_EVERY:
            kept_at = clock.now()
            _attempt(lambda: purge(store, clock))
            _attempt(lambda: rotate_when_due(store, settings, clock))
        if not found:
            stopped.wait(IDLE_SECONDS)


def main() -> None:
    """Run as a process of its own, until SIGTERM."""
    logs.configure()
    end_with_parent()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    settings, clock = load(), SystemClock()
    store = open_store(settings, clock)
    run(store, make_senders(settings, clock), clock, settings, stopped)
    store.close()


def _deliver(store: Store, senders: Senders, clock: Clock, row: OutboxRow) -> None:
    try:
        _send(senders, row)
    except Unavailable as error:
        log.warning("message deferred", extra=_told(row, error))
        with store.write() as tx:
            tx.outbox.retry(row.id, clock.now() + pause(row.attempts))
        return
    except GatehouseError as error:
        log.error("message dropped", extra=_told(row, error))
    with store.write() as tx:
        tx.outbox.done(row.id)


def _told(row: OutboxRow, error: GatehouseError) -> dict[str, object]:
    return {"id": row.id, "attempts": row.attempts, "detail": error.detail}


def _send(senders: Senders, row: OutboxRow) -> None:
    channel = Channel(row.payload["channel"])
    if channel not in senders:
        raise Unavailable(detail=f"no sender for {channel}")
    senders[channel].send(
        to=row.payload["to"],
        subject=row.payload["subject"],
        text=row.payload["text"],
        message_id=row.id,
    )


def _attempt(work: Callable[[], int | None]) -> int | None:
    """Do some work; a database that is down for a while is no reason to end."""
    try:
        return work()
    except Unavailable as error:
        log.warning("the store does not answer", extra={"detail": error.detail})
        return None


if __name__ == "__main__":
    main()
