"""Looks whether each checkpoint is there, follows the one before, and has the entries it signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from contracts.text import Text
from store.signer import Seals
from store.store import Store
from store.trail import report as told
from store.trail.checkpoints import Checkpoint, fingerprint, listed, opened
from store.trail.entries import PAGE
from store.trail.report import LAST, Finding, Report, here

Rows = Sequence[Row[Any]]


class Sealed:
    """One look at all checkpoints up to the newest; of the first few the entries were removed."""

    def __init__(self, store: Store, seals: Seals, report: Report, newest: int) -> None:
        self._store = store
        self._seals = seals
        self._report = report
        self._newest = newest
        self._previous: str | None = ""

    def check(self) -> None:
        """Look at each, and at its entries."""
        signed, groups = self._signed(), self._groups()
        number, rows = next(groups, (LAST, []))
        for expected in range(1, self._newest + 1):
            mine: Rows = []
            while number <= expected:
                mine = [*mine, *rows]
                number, rows = next(groups, (LAST, []))
            self._one(expected, next(signed), mine)
        self._beyond(number, rows)

    def _one(self, number: int, signed: str | None, rows: Rows) -> None:
        found = opened(signed, self._seals) if signed else None
        if signed is None:
            self._vague(told.GONE, number, rows)
        elif found is None or found.number != number:
            self._vague(told.UNSIGNED, number, rows)
        else:
            self._report.checkpoints += 1
            if self._previous not in {None, found.prev}:
                self._vague(told.BROKEN, number, rows)
            self._entries(found, rows)
        self._previous = fingerprint(signed) if signed else None

    def _entries(self, found: Checkpoint, rows: Rows) -> None:
        if found.number <= self._report.pruned:
            if rows:
                self._report.found(here(told.BACK, rows[0]))
        elif listed(rows) != found.entries:
            self._report.found(_misfit(found, rows))

    def _vague(self, why: Text, number: int, rows: Rows) -> None:
        self._report.found(Finding(why, _end(rows), checkpoint=number))

    def _beyond(self, number: int, rows: Rows) -> None:
        """Find entries of a checkpoint that was cut off, not of one that was made just now."""
        with self._store.read() as tx:
            newest = tx.checkpoints.last_number()
        if newest < number < LAST:
            self._report.found(here(told.GONE, rows[0]))

    def _signed(self) -> Iterator[str | None]:
        """Yield each checkpoint by its number, None where there is none."""
        for first in range(1, self._newest + 1, PAGE):
            numbers = range(first, first + PAGE)
            with self._store.read() as tx:
                page = tx.checkpoints.numbered(numbers)
            yield from map(page.get, numbers)

    def _groups(self) -> Iterator[tuple[int, Rows]]:
        for number, rows in groupby(self._rows(), _number):
            yield number, list(rows)

    def _rows(self) -> Iterator[Row[Any]]:
        after = (-LAST, 0)
        while rows := self._page(after):
            yield from rows
            after = (rows[-1].checkpoint, rows[-1].id)

    def _page(self, after: tuple[int, int]) -> Rows:
        with self._store.read() as tx:
            return tx.entries.by_checkpoint(after)


def _number(row: Row[Any]) -> int:
    """Return the checkpoint of an entry; one that there cannot be for what is no number."""
    return row.checkpoint if isinstance(row.checkpoint, int) else LAST - 1


def _misfit(found: Checkpoint, rows: Rows) -> Finding:
    """Return where the entries are not those that were signed."""
    tips: dict[str, Row[Any]] = {}
    for row in rows:
        why = _odd(found, row, tips.get(row.writer))
        if why is not None:
            return here(why, row)
        tips[row.writer] = row
    for writer, (seq, _) in found.chains.items():
        if writer not in tips or tips[writer].seq < seq:
            order = tips[writer].id if writer in tips else _end(rows)
            return Finding(told.CUT, order, None, found.at, "", writer, seq, found.number)
    return Finding(told.MOVED, _end(rows), at=found.at, checkpoint=found.number)


def _odd(found: Checkpoint, row: Row[Any], before: Row[Any] | None) -> Text | None:
    """Return what is wrong with an entry after the one before it in its chain, by number."""
    last, _ = found.chains.get(row.writer, (0, ""))
    if not isinstance(row.seq, int) or row.seq > last:
        return told.STRANGE
    if before is None or row.seq == before.seq + 1:
        return None
    return told.MISSING if row.seq > before.seq else told.MOVED


def _end(rows: Rows) -> int:
    """Return where something stands that is known of a whole checkpoint: after its entries."""
    return rows[-1].id if rows else LAST
