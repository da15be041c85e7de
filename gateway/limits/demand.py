"""Asking for work where the house is strained, in place of a captcha and of a refusal.

A browser solves the puzzle while its form is filled in. Who runs no scripts waits in its place:
once the puzzle is old enough it counts as solved, ever more slowly for one network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from contracts.clock import Clock
from contracts.text import Text
from gateway.addresses import network
from gateway.limits import puzzles, strain
from gateway.limits.puzzles import Issued
from gateway.limits.strain import HOUR, Bounds, Strain
from store import Store, Transaction

STRAINED = Text(
    "There is a great rush here just now, so nothing was done yet. Please send it once more."
)
PATIENCE = timedelta(seconds=20)
NOTHING: Mapping[str, int] = {}
PATIENT = 10
"""So often an hour one network may wait in the place of work."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """What a form carries: `seconds` is how long one waits who cannot solve it."""

    challenge: str
    bits: int
    seconds: int = int(PATIENCE.total_seconds())
    error: Text | None = None


class Demand:
    """Asks for work, and sees that it is done, once for each puzzle."""

    def __init__(
        self, store: Store, clock: Clock, bounds: Bounds, *, own: Mapping[str, int] = NOTHING
    ) -> None:
        """Take the counters of the form itself as `own`, with what each may come to at ease."""
        self._store = store
        self._clock = clock
        self._bounds = bounds
        self._own = own

    def asked(self, source: str, browser: str) -> Puzzle | None:
        """Return the puzzle that a form is to carry; None where the house is not strained."""
        if not self._bounds.enabled:
            return None
        with self._store.read() as tx:
            load = self._load(tx, strain.read(tx, source))
        return self._puzzle(source, browser, load)

    def unpaid(self, source: str, browser: str, form: Mapping[str, str]) -> Puzzle | None:
        """Return what is still to be solved, or None: go on. Spends what was solved."""
        if not self._bounds.enabled:
            return None
        with self._store.write() as tx:
            return self.due(tx, source, browser, form, strain.read(tx, source))

    def blame(self, source: str) -> None:
        """Count something wrong for the network it came from."""
        if self._bounds.enabled:
            with self._store.write() as tx:
                strain.blame(tx, source, first=False, bounds=self._bounds)

    def due(
        self,
        tx: Transaction,
        source: str,
        browser: str,
        form: Mapping[str, str],
        counted: Strain,
    ) -> Puzzle | None:
        """Do as `unpaid` does, within a transaction that has read what was counted."""
        load = self._load(tx, counted)
        if load < 1 or self._paid(tx, source, browser, form):
            return None
        return self._puzzle(source, browser, load, STRAINED)

    def _load(self, tx: Transaction, counted: Strain) -> float:
        own = tx.limits.hits(list(self._own)) if self._own else ()
        loads = [hits / ease for hits, ease in zip(own, self._own.values(), strict=True)]
        return max(counted.load(self._bounds), *loads, 0)

    def _puzzle(
        self, source: str, browser: str, load: float, error: Text | None = None
    ) -> Puzzle | None:
        if load < 1:
            return None
        bits, now = puzzles.difficulty(load), self._clock.now()
        challenge = puzzles.issue(self._store.vault.digest, _whom(source, browser), bits, now)
        return Puzzle(challenge, bits, error=error)

    def _paid(self, tx: Transaction, source: str, browser: str, form: Mapping[str, str]) -> bool:
        now, digest = self._clock.now(), self._store.vault.digest
        issued = puzzles.read(digest, _whom(source, browser), form.get("work", ""), now)
        if issued is None:
            return False
        solved = issued.solved(form.get("solution", "")) or self._waited(tx, source, issued)
        return solved and tx.once.spend(f"work:{issued.mac}", puzzles.LIFETIME)

    def _waited(self, tx: Transaction, source: str, issued: Issued) -> bool:
        if issued.at + PATIENCE > self._clock.now():
            return False
        return not tx.limits.attempt(f"patience:{network(source)}", PATIENT, HOUR).wait


def _whom(source: str, browser: str) -> str:
    return f"{browser}\0{network(source)}"
