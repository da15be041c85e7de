"""Chains of entries: each is held by one open transaction at a time, so that nobody waits.

A transaction that writes to the trail takes a chain that lies idle, or begins one, and links to it.
What it gives back is where the chain ends: where it ended before if the transaction was rolled
back. Whoever does not know whether a commit came through drops the chain for ever.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from store.trail.links import digest

WRITER_BYTES = 8


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: who writes it, the number of its last entry and that entry's hash."""

    writer: str
    seq: int = 0
    hash: str = ""


class Chains:
    """The chains of this process that nobody holds; a forked child has none of its parent's."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._idle: list[Head] = []
        self._pid = os.getpid()

    @contextmanager
    def lent(self) -> Iterator[Lent]:
        """Give a transaction what it may borrow a chain with, and take the chain back."""
        lent = Lent(self, self._key)
        try:
            yield lent
        except BaseException:
            self._take_back(lent.before)
            raise
        self._take_back(lent.after)

    def borrow(self) -> Head:
        """Return the end of a chain that nobody else gets; of a new one where none is idle."""
        if self._pid != os.getpid():
            self._idle, self._pid = [], os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return Head(secrets.token_hex(WRITER_BYTES))

    def _take_back(self, head: Head | None) -> None:
        if head is not None and head.seq:
            self._idle.append(head)


class Lent:
    """What one transaction has of the chains: one, from its first entry on."""

    def __init__(self, chains: Chains, key: bytes) -> None:
        self._chains = chains
        self._key = key
        self._committing = False
        self._borrowed: Head | None = None
        self._head: Head | None = None

    @property
    def before(self) -> Head | None:
        """Where the chain ends if nothing was committed; None where nobody can know that."""
        return None if self._committing else self._borrowed

    @property
    def after(self) -> Head | None:
        """Where the chain ends once all is committed."""
        return self._head

    def committing(self) -> None:
        """Note that from now on only an end without an error tells what is in the database."""
        self._committing = True

    def place(self) -> tuple[str, int]:
        """Return the writer and the number of the next entry."""
        if self._head is None:
            self._head = self._borrowed = self._chains.borrow()
        return self._head.writer, self._head.seq + 1

    def link(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the next entry with its place and its hash; the chain ends there now."""
        writer, seq = self.place()
        previous = self._head.hash if self._head else ""
        row = {**values, "writer": writer, "seq": seq}
        row["hash"] = digest(self._key, row, previous)
        self._head = Head(writer, seq, row["hash"])
        return row
