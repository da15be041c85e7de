"""Looks whether the trail is whole: each hash, each number, each signature, each anchor.

All is read a page at a time, so that a trail of any length fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from store.signer import Seals
from store.store import Store
from store.trail import report as told
from store.trail.checkpoints import Checkpoint, opened
from store.trail.entries import FIRST, PAGE, Place
from store.trail.links import chain_key, fits
from store.trail.report import Finding, Report, here
from store.trail.seals import Sealed

Progress = Callable[[int, int], None]


class Verification:
    """One look at the whole trail."""

    def __init__(self, store: Store, seals: Seals, progress: Progress = lambda *_: None) -> None:
        """Take the public key of the checkpoints, and whom to tell how many entries are read."""
        self._store = store
        self._seals = seals
        self._key = chain_key(store.vault)
        self._progress = progress
        self._report = Report()

    def run(self, anchors: Iterable[str] = ()) -> Report:
        """Look at all there is, and at checkpoints that were kept elsewhere."""
        newest = self._begin()
        self._chained()
        self._whose()
        Sealed(self._store, self._seals, self._report, newest).check()
        self._anchored(anchors)
        return self._report

    def _begin(self) -> int:
        with self._store.read() as tx:
            newest = tx.checkpoints.last_number()
            signed = tx.checkpoints.numbered([newest]).get(newest)
        found = opened(signed, self._seals) if signed else None
        self._report.pruned = found.pruned if found else 0
        return newest

    def _chained(self) -> None:
        """Follow each chain from its beginning, or from where its beginning was removed."""
        with self._store.read() as tx:
            total, floors = tx.entries.count(), self._floors(tx.entries.shortened())
        before: Row[Any] | None = None
        for row in self._by_chain():
            if before is not None and before.writer != row.writer:
                before = None
            self._link(row, (before.seq, before.hash) if before else floors.get(row.writer))
            before = row if isinstance(row.seq, int) else None
            self._report.entries += 1
            self._report.waiting += row.checkpoint is None
            self._tell(total)

    def _whose(self) -> None:
        """Look whether each account still is the one that its entries are about."""
        after: str | None = ""
        while after is not None:
            with self._store.read() as tx:
                parted, after = tx.entries.parted(after)
            for account_id in parted:
                self._report.found(Finding(replace(told.PARTED, values={"account": account_id})))

    def _link(self, row: Row[Any], before: tuple[int, str] | None) -> None:
        seq, previous = before or (0, "")
        if row.seq != seq + 1:
            self._report.found(here(told.MISSING, row))
        elif not fits(self._key, row, previous):
            self._report.found(here(told.ALTERED, row))

    def _tell(self, total: int) -> None:
        if self._report.entries % PAGE == 0 or self._report.entries == total:
            self._progress(self._report.entries, total)

    def _by_chain(self) -> Iterator[Row[Any]]:
        after: Place = FIRST
        while rows := self._page(after):
            yield from rows
            after = (rows[-1].writer, rows[-1].seq)

    def _page(self, after: Place) -> list[Row[Any]]:
        with self._store.read() as tx:
            return list(tx.entries.by_chain(after))

    def _floors(self, shortened: Mapping[str, int]) -> Mapping[str, tuple[int, str]]:
        """Return where those chains ended whose beginning was removed: signed checkpoints say."""
        floors: dict[str, tuple[int, str]] = {}
        for found in self._signed() if shortened else ():
            if found.number > self._report.pruned:
                break
            for writer in found.chains.keys() & shortened.keys():
                if found.chains[writer][0] + 1 == shortened[writer]:
                    floors[writer] = found.chains[writer]
        return floors

    def _signed(self) -> Iterator[Checkpoint]:
        after = 0
        while page := self._stored(after):
            after = max(page)
            yield from (found for each in page.values() if (found := opened(each, self._seals)))

    def _stored(self, after: int) -> Mapping[int, str]:
        with self._store.read() as tx:
            return tx.checkpoints.signed(after, PAGE)

    def _anchored(self, anchors: Iterable[str]) -> None:
        """Compare what was kept elsewhere with what is here."""
        page: list[Checkpoint] = []
        for signed in anchors:
            found = opened(signed, self._seals)
            if found is None:
                self._report.found(Finding(told.FORGED))
                continue
            page.append(found)
            if len(page) == PAGE:
                self._compare(page)
                page = []
        self._compare(page)

    def _compare(self, page: list[Checkpoint]) -> None:
        with self._store.read() as tx:
            newest = tx.checkpoints.last_number()
            here_too = tx.checkpoints.numbered([each.number for each in page])
        for anchor in page:
            self._report.anchors += 1
            if anchor.number > newest:
                self._report.found(_cut_off(newest))
            elif here_too.get(anchor.number) != anchor.signed:
                self._report.found(Finding(told.OTHER, at=anchor.at, checkpoint=anchor.number))


def _cut_off(newest: int) -> Finding:
    return Finding(told.CUT_OFF, checkpoint=newest)
