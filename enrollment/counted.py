"""Counting what is done for one account; that no more of it will be is in the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from store import Transaction

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bound:
    """At most so many of what has this name in a window."""

    name: str
    most: int
    window: timedelta = HOUR

    @property
    def hours(self) -> int:
        """How long the window is."""
        return self.window // HOUR


@dataclass(frozen=True, slots=True)
class Of:
    """Of whom it is counted, nobody's account maybe, and of which factor."""

    account_id: str | None
    factor: str


class Counted:
    """Counts, within the transaction of whatever is done."""

    def __init__(self, address: Callable[[], str]) -> None:
        self._address = address

    def hit(self, tx: Transaction, key: str, bound: Bound, of: Of) -> int:
        """Count once; return 0 up to the bound, beyond it the seconds to wait.

        The last one is noted: once for each key and window.
        """
        hits = tx.limits.count(key, bound.window)
        if hits == bound.most:
            detail = {"limit": bound.name, "most": bound.most, "hours": bound.hours}
            tx.audit.add(
                "limit.reached",
                account_id=of.account_id,
                source=self._address(),
                detail={**detail, "factor": of.factor},
            )
        return tx.limits.peek(key, bound.most) if hits > bound.most else 0
