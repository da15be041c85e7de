"""The port of limits: how often something happened within a window of time, counted by a store.

Windows are fixed: each begins with the first thing that is counted in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

FREE = 3
"""So many attempts are made without any wait: people mistype."""

DOUBLINGS = 12
"""Waits of 1, 2, 4 .. seconds; after so many of them one waits for the window to end."""


@dataclass(frozen=True, slots=True)
class Count:
    """What counting an attempt came to: how many there are, or the seconds to wait for it.

    Where there is something to wait for, it was not counted.
    """

    hits: int
    wait: int = 0


class Counting(Protocol):
    """Counts under keys, at once for all who share the store. Raises Unavailable."""

    def count(self, key: str, window: timedelta) -> int:
        """Count once and return how often it happened in this window."""
        ...

    def hit(self, key: str, limit: int, window: timedelta) -> int:
        """Count once; return 0 up to the limit, beyond it the seconds to wait."""
        ...

    def attempt(self, key: str, limit: int, window: timedelta) -> Count:
        """Count once where no wait is due, and let the next one wait the longer for it.

        After `limit` attempts the wait is for the end of the window.
        """
        ...

    def take_back(self, key: str) -> None:
        """Uncount one and the wait after it: what was counted turned out well."""
        ...

    def peek(self, key: str, limit: int) -> int:
        """Return what the next `hit` would, without counting."""
        ...

    def hits(self, keys: Sequence[str]) -> Sequence[int]:
        """Return how often each happened in its window, without counting."""
        ...


def waits(limit: int) -> dict[int, int]:
    """Return the seconds to wait after the nth attempt; those not named wait for the window."""
    return {n: 2 ** (n - FREE) for n in range(FREE, min(limit, FREE + DOUBLINGS))}


def seconds(until: datetime, now: datetime) -> int:
    """Return the whole seconds from now on until then, none where it is over."""
    return max(0, math.ceil((until - now).total_seconds()))
