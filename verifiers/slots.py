"""Slow work on a machine that has other things to do: a little at once, the rest waits in line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from contracts.errors import Unavailable


class Slots:
    """So many at work, so many in line: a longer line would only take threads from others."""

    def __init__(self, slots: int, queue: int, wait_seconds: float) -> None:
        self._wait = wait_seconds
        self._slots = BoundedSemaphore(slots)
        self._line = BoundedSemaphore(slots + queue)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold one of the slots. Raises Unavailable where none becomes free."""
        if not self._line.acquire(blocking=False):
            raise Unavailable(detail="the line is full")
        try:
            if not self._slots.acquire(timeout=self._wait):
                raise Unavailable(detail="no slot became free")
            try:
                yield
            finally:
                self._slots.release()
        finally:
            self._line.release()
