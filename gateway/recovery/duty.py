"""What the worker does for recoveries: it reminds people at half time."""

from __future__ import annotations

from contracts.clock import Clock
from gateway.settings import Settings
from store import Store


def remind_when_due(store: Store, settings: Settings, clock: Clock) -> None:
    """Remind people of recoveries that are due. Each is told of once, whoever else works."""
    with store.read() as tx:
        due = tx.recoveries.due()
    if due:
        # Pages and factors are heavy, and many a worker never needs them.
        from gateway.recovery.opened import open_recoveries  # noqa: PLC0415

        open_recoveries(store, settings, clock).remind()
