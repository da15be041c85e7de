"""A bounded memory with a bounded staleness, for what every token request reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from contracts.clock import Clock

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Remembers what was loaded for a few seconds; an absence is never remembered."""

    def __init__(self, clock: Clock, staleness: timedelta, size: int = 1000) -> None:
        self._clock = clock
        self._staleness = staleness
        self._size = size
        self._values: dict[str, tuple[datetime, Value]] = {}

    def get(self, key: str, load: Callable[[], Value | None]) -> Value | None:
        """Return the remembered value, or load it."""
        now = self._clock.now()
        loaded_at, value = self._values.get(key, (None, None))
        if loaded_at is not None and abs(now - loaded_at) < self._staleness:
            return value
        return self._remember(key, now, load())

    def _remember(self, key: str, now: datetime, value: Value | None) -> Value | None:
        if len(self._values) >= self._size:
            self._values = {}
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = (now, value)
        return value
