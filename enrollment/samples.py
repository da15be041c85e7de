"""Samples to enrol: so many an hour for each account, and one at a time.

Nothing is judged of them, so nobody is wrong however many they send; but each one is measured, and
whoever logs in waits meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from contracts.errors import TooMany
from contracts.factor import Answer
from contracts.text import Text
from enrollment.counted import Bound, Counted, Of
from enrollment.outcomes import Callbacks, Rules
from store import Store, Transaction

LEASE = timedelta(minutes=1)
"""After which the next one is measured, whatever became of the one before: no job lasts so long."""

MOMENT = 2
TOO_MANY = Text("Too many recordings or captures of you were sent. Please wait a while.")
ONE_AT_A_TIME = Text("The one before is still being looked at. Please wait a moment.")


class Samples:
    """Admits the samples of accounts that are about to be enrolled."""

    def __init__(self, store: Store, rules: Rules, callbacks: Callbacks) -> None:
        self._store = store
        self._bound = Bound("samples", rules.samples_per_hour)
        self._counted = Counted(callbacks.address)

    @contextmanager
    def admitted(self, account_id: str, factor: str, answer: Answer) -> Iterator[None]:
        """Count the sample of an answer, and let no other one in meanwhile. Raises TooMany."""
        if not (answer.samples and self._bound.most):
            yield
            return
        with self._store.write() as tx:
            self._admit(tx, Of(account_id, factor))
        try:
            yield
        finally:
            with self._store.write() as tx:
                tx.once.give_back(_under_way(account_id))

    def _admit(self, tx: Transaction, of: Of) -> None:
        if not tx.once.spend(_under_way(of.account_id), LEASE):
            detail = "another sample of the account is under way"
            raise TooMany(ONE_AT_A_TIME, detail=detail, retry_after=MOMENT)
        if wait := self._counted.hit(tx, f"samples:{of.account_id}", self._bound, of):
            raise TooMany(TOO_MANY, detail="samples of one account", retry_after=wait)


def _under_way(account_id: str | None) -> str:
    return f"sample under way:{account_id}"
