"""The work of deleting what is kept too long: asked for, queued, done in turns by the worker.

Where a worker dies in between, its lease on the row in the outbox ends, and whoever claims it goes
on with what is still due.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contracts.clock import Clock
from gateway.settings import Settings
from store import Store
from store.outbox import OutboxRow

if TYPE_CHECKING:
    from gateway.retention.deleting import Retention

RETENTION = "retention"
"""The kind of message that has this work done."""
LIFETIME = timedelta(days=1)


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
