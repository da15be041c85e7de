"""What the worker does for the trail: signs what was written, and has it kept elsewhere."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from contracts.clock import Clock
from contracts.errors import Conflict
from gateway.settings import Settings
from gateway.trail.anchors import Anchors
from gateway.trail.push import ANCHOR, AUDIT
from store import Store, Transaction
from store.trail.checkpoints import Checkpoint

LIFETIME = timedelta(days=30)
"""How long a service that does not answer may be away before it misses something."""


class Sealing:
    """Makes checkpoints, as often as the settings say."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._done_at = clock.now()

    def when_due(self) -> None:
        """Sign what was written, if it is time."""
        if self._clock.now() - self._done_at >= self._settings.span("audit_checkpoint"):
            self._done_at = self._clock.now()
            self.run()

    def run(self) -> int:
        """Sign all that was written; return in how many checkpoints."""
        count = 0
        with suppress(Conflict):  # another worker is at it
            while self._one() is not None:
                count += 1
        Anchors(self._settings.audit_anchors).catch_up(self._store)
        return count

    def _one(self) -> Checkpoint | None:
        with self._store.write() as tx:
            made = tx.checkpoints.make()
            if made is not None:
                self._send(tx, made)
        return made

    def _send(self, tx: Transaction, made: Checkpoint) -> None:
        """Have it posted in the same transaction, so that nothing is left out."""
        if self._settings.audit_anchor_url:
            tx.outbox.put(ANCHOR, {"number": made.number, "signed": made.signed}, LIFETIME)
        if self._settings.audit_url:
            tx.outbox.put(AUDIT, {"number": made.number, "signed": made.signed}, LIFETIME)
