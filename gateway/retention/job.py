"""The work of deleting what is kept too long: asked for, queued, done in turns by the worker.

Each batch is a transaction of its own. A worker that dies in between loses nothing: its lease on
the row in the outbox ends, and whoever claims it goes on with what is still due.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from contracts.clock import Clock
from gateway.retention.sweeps import Sweep, enabled
from gateway.settings import Settings
from store import Store
from store.outbox import OutboxRow

RETENTION = "retention"
"""The kind of message that has this work done."""
LIFETIME = timedelta(days=1)
TURN = timedelta(seconds=20)
"""After so long the worker is given back, and what is left is queued anew."""

log = logging.getLogger("gatehouse.retention")


@dataclass(frozen=True, slots=True)
class Due:
    """How much of a kind is kept too long."""

    name: str
    days: int
    due: int


def ask(store: Store) -> bool:
    """Have it done; False where that was asked for and is not done yet."""
    with store.write() as tx:
        if tx.outbox.waits(RETENTION):
            return False
        tx.outbox.put(RETENTION, {}, LIFETIME)
        tx.audit.add("retention.asked")
    return True


def ask_daily(store: Store, clock: Clock, settings: Settings) -> None:
    """Have it done once a day, whoever asks."""
    if not (settings.template_idle_days or settings.account_idle_days or settings.history_days):
        return
    with store.write() as tx:
        if tx.once.spend(f"retention {clock.now().date()}", LIFETIME * 2):
            tx.outbox.put(RETENTION, {}, LIFETIME)


class Retention:
    """Says what is due, and deletes it."""

    def __init__(self, store: Store, clock: Clock, sweeps: Sequence[Sweep]) -> None:
        self._store = store
        self._clock = clock
        self._sweeps = sweeps

    def preview(self) -> Sequence[Due]:
        """Return what a run would delete now, by kind."""
        with self._store.read() as tx:
            return [
                Due(each.name, each.days, each.due(tx) if each.days else 0) for each in self._sweeps
            ]

    def turn(self) -> bool:
        """Delete what is due until it is done or the turn is over; True where some may be left."""
        ends, deleted = self._clock.now() + TURN, dict[str, int]()
        for sweep in enabled(self._sweeps):
            while count := sweep.batch():
                deleted[sweep.name] = deleted.get(sweep.name, 0) + count
                if self._clock.now() >= ends:
                    self._told(deleted)
                    return True
        self._told(deleted)
        return False

    def _told(self, deleted: dict[str, int]) -> None:
        if deleted:
            log.info("deleted what was kept too long", extra={"rows": deleted})
            with self._store.write() as tx:
                tx.audit.add("retention.done", detail=deleted)


class Retentions:
    """Carries the work out: one run at a time."""

    at_once = 1

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._parts = store, clock, settings
        self._store = store
        self._made: Retention | None = None

    def lane(self, row: OutboxRow) -> str:  # noqa: ARG002 - the port's signature
        """Return the one lane."""
        return RETENTION

    def carry(self, row: OutboxRow) -> None:  # noqa: ARG002 - the port's signature
        """Take a turn, and queue the next where some is left."""
        if self._retention().turn():
            with self._store.write() as tx:
                tx.outbox.put(RETENTION, {}, LIFETIME)

    def _retention(self) -> Retention:
        if self._made is None:
            # Pages and factors are heavy, and many a worker never needs them.
            from gateway.retention.opened import open_retention  # noqa: PLC0415

            self._made = open_retention(*self._parts)
        return self._made
