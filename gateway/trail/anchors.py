"""A file of checkpoints beside the database: whoever cuts the trail would have to cut it as well.

Lines are only ever added. A process that dies in the middle of one leaves it there, and the
checkpoint is written anew on a line of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.errors import Unavailable
from store import Store

PAGE = 500
TAIL = 1 << 20
"""Bytes at the end of the file that the last line is looked for in; none is as long."""


class Anchors:
    """The file; several workers may add to it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[str]:
        """Yield the checkpoints that were kept, without lines that are not whole."""
        if self._path.exists():
            with self._path.open(encoding="utf-8", errors="replace") as file:
                yield from (found[1] for line in file if (found := _read(line)))

    def catch_up(self, store: Store) -> int:
        """Add what is not there yet; return how many. Raises Unavailable."""
        try:
            with self._held() as descriptor:
                return _add(descriptor, store)
        except OSError as error:
            raise Unavailable(detail=f"{self._path}: {error}") from error

    @contextmanager
    def _held(self) -> Iterator[int]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _add(descriptor: int, store: Store) -> int:
    tail = _tail(descriptor)
    after, count = _known(store, _last(tail)), 0
    gap = "" if not tail or tail.endswith("\n") else "\n"
    while True:
        with store.read() as tx:
            page = tx.checkpoints.signed(after, PAGE)
        if not page:
            return count
        text = gap + "".join(_line(number, signed) for number, signed in page.items())
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
        after, count, gap = max(page), count + len(page), ""


def _known(store: Store, last: tuple[int, str] | None) -> int:
    """Return the number up to which the file has all; after a restored backup it goes on anew."""
    if last is None:
        return 0
    number, signed = last
    with store.read() as tx:
        same = tx.checkpoints.numbered([number]).get(number) == signed
        return number if same else tx.checkpoints.last_number() - 1


def _last(tail: str) -> tuple[int, str] | None:
    found = [each for line in tail.splitlines() if (each := _read(line))]
    return found[-1] if found else None


def _tail(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    data = os.pread(descriptor, min(size, TAIL), max(0, size - TAIL))
    return data.decode(errors="replace")


def _line(number: int, signed: str) -> str:
    return json.dumps({"checkpoint": number, "signed": signed}) + "\n"


def _read(line: str) -> tuple[int, str] | None:
    try:
        found = json.loads(line)
        return int(found["checkpoint"]), str(found["signed"])
    except (ValueError, KeyError, TypeError):
        return None
