"""Processes that write to one SQLite file take turns.

SQLite lets a waiting process look again after naps that grow to a tenth of a second, while whoever
has just written may begin again at once. So the next writer stands in a queue of one place, and
whoever has just written stands behind it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import Unavailable

NAP_SECONDS = 0.0005


class Turns:
    """The queue beside one database file; a process uses it from one thread at a time."""

    def __init__(self, database: Path, wait_seconds: float) -> None:
        self._file = Path(f"{database}-turn")
        self._wait_seconds = wait_seconds

    @contextmanager
    def next(self) -> Iterator[None]:
        """Stand at the head of the queue. Raises Unavailable after a while."""
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(detail=str(error)) from error
        try:
            self._wait(descriptor)
            yield
        finally:
            os.close(descriptor)  # which gives the place to another, as does dying

    def _wait(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._wait_seconds
        while not _taken(descriptor):
            if time.monotonic() > deadline:
                raise Unavailable(detail=f"{self._file} is held by another process")
            time.sleep(NAP_SECONDS)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
