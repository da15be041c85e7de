"""Deleting what is kept too long, a batch at a time, until a turn is over.

Each batch is a transaction of its own: a process that dies in between loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from contracts.clock import Clock
from gateway.retention.sweeps import Sweep, enabled
from store import Store

TURN = timedelta(seconds=20)
"""After so long the worker is given back, and what is left is queued anew."""

log = logging.getLogger("gatehouse.retention")


@dataclass(frozen=True, slots=True)
class Due:
    """How much of a kind is kept too long."""

    name: str
    days: int
    due: int


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
