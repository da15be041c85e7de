"""What is deleted after some time without use, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from contracts.clock import Clock
from contracts.errors import Conflict, Expired
from contracts.factor import Factor, Kind
from enrollment.outcomes import Change, Happened
from enrollment.usable import begins
from gateway.account.leaving import Leaving
from store import Store, Transaction

BATCH = 100


class Sweep(Protocol):
    """One kind of data, and how what is kept too long of it goes. `days` is 0 where it stays."""

    name: str
    days: int

    def due(self, tx: Transaction) -> int:
        """Return how many are due."""
        ...

    def batch(self) -> int:
        """Delete some, in transactions of its own; return how many these were."""
        ...


class Templates:
    """Biometric templates that nobody uses: no login begins with one, so it never is the last way.

    Their owner is told, and can enrol anew.
    """

    name = "templates"

    def __init__(
        self,
        store: Store,
        clock: Clock,
        factors: Mapping[str, Factor],
        changed: Callable[[Transaction, Change], None],
        days: int,
    ) -> None:
        """Take what hears of each change of a factor as `changed`."""
        self._store = store
        self._clock = clock
        self._changed = changed
        self._factors = [each.name for each in factors.values() if _swept(each)]
        self.days = days

    def due(self, tx: Transaction) -> int:
        """Return how many are due."""
        return tx.idle.count_credentials(self._factors, _since(self._clock, self.days))

    def batch(self) -> int:
        """Delete some and tell their owners; with the last of a factor its consent ends."""
        with self._store.write() as tx:
            found = tx.idle.credentials(self._factors, _since(self._clock, self.days), BATCH)
            for one in found:
                idle = Change(one.account_id, one.factor, Happened.IDLE, one.label, days=self.days)
                self._changed(tx, idle)
                tx.credentials.remove(one.id, one.account_id)
        return len(found)


class Accounts:
    """Accounts that nobody uses: they are asked to leave, as if their owner had."""

    name = "accounts"

    def __init__(self, store: Store, clock: Clock, leaving: Leaving, days: int) -> None:
        self._store = store
        self._clock = clock
        self._leaving = leaving
        self.days = days

    def due(self, tx: Transaction) -> int:
        """Return how many are due."""
        return tx.idle.count_accounts(_since(self._clock, self.days))

    def batch(self) -> int:
        """Have some erased after the usual grace; their owners are told, and can stay."""
        with self._store.read() as tx:
            found = tx.idle.accounts(_since(self._clock, self.days), BATCH)
        return sum(self._ask(account_id) for account_id in found)

    def _ask(self, account_id: str) -> bool:
        try:
            self._leaving.ask(account_id, unused_days=self.days)
        except (Conflict, Expired):  # made an admin, or erased, at this very moment
            return False
        return True


class History:
    """The trail: whole checkpoints of it go, and the next one says so."""

    name = "history"

    def __init__(self, store: Store, clock: Clock, days: int) -> None:
        self._store = store
        self._clock = clock
        self.days = days

    def due(self, tx: Transaction) -> int:
        """Return how many entries are due."""
        return tx.checkpoints.prunable(_since(self._clock, self.days))

    def batch(self) -> int:
        """Delete some."""
        with self._store.write() as tx:
            return tx.checkpoints.prune(_since(self._clock, self.days))


def enabled(sweeps: Sequence[Sweep]) -> list[Sweep]:
    """Leave out what is kept for ever."""
    return [sweep for sweep in sweeps if sweep.days]


def _swept(factor: Factor) -> bool:
    """Tell whether the templates of a factor go: of what was measured, never of a way in."""
    return factor.kind is Kind.INHERENCE and not begins(factor)


def _since(clock: Clock, days: int) -> datetime:
    return clock.now() - timedelta(days=days)
