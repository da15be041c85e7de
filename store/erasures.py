"""People who leave: planned, called off while there is time, and then forgotten.

The subject key goes first (`store.keystore`), between `begin` and `finish`: whatever is left if it
all ends there cannot be read. Each step may be taken again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, literal, select

from store import once
from store.audit import Audit
from store.endings import Endings
from store.keystore import pseudonym
from store.models import EPOCH, Instant, accounts
from store.work import Work

BATCH = 100
ERASED = "account.erased"


class Erasures:
    """Keeps when each account is to be forgotten, and forgets it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def plan(self, account_id: str, at: datetime) -> bool:
        """Have an account erased at a time, ending every session; False where that was planned."""
        unplanned = accounts.c.erase_at.is_(None) | (accounts.c.erase_at > at)
        mine, values = accounts.c.id == account_id, {"erase_at": at}
        row = once.change(self._work.connection, accounts, values, mine, unplanned)
        if row is not None:
            Endings(self._work).account(account_id)
        return row is not None

    def call_off(self, account_id: str) -> bool:
        """Keep an account; False once its time has come."""
        in_time = accounts.c.erase_at > self._work.now()
        mine, values = accounts.c.id == account_id, {"erase_at": None}
        return once.change(self._work.connection, accounts, values, mine, in_time) is not None

    def due(self) -> Sequence[str]:
        """Return some of the accounts whose time has come."""
        query = select(accounts.c.id).where(accounts.c.erase_at <= self._work.now())
        return self._work.connection.scalars(query.order_by(accounts.c.erase_at).limit(BATCH)).all()

    def begin(self, account_id: str) -> bool:
        """Shut an account whose time has come for good: no clock that is behind brings it back."""
        now = self._work.now()
        values = {
            "erase_at": EPOCH,
            "disabled_at": func.coalesce(accounts.c.disabled_at, literal(now, Instant)),
        }
        come = accounts.c.erase_at <= now
        mine = accounts.c.id == account_id
        return once.change(self._work.connection, accounts, values, mine, come) is not None

    def finish(self, account_id: str) -> bool:
        """Delete all that an account had; the trail keeps what happened, and names nobody.

        False where that was done.
        """
        if once.take(self._work.connection, accounts, accounts.c.id == account_id) is None:
            return False
        Audit(self._work).add(ERASED, account_id=account_id)
        return True

    def recorded(self) -> Sequence[str]:
        """Return the pseudonym of every account that was ever erased."""
        return Audit(self._work).subjects(ERASED)

    def among(self, erased: Iterable[str]) -> Sequence[str]:
        """Return the accounts that are here although they were erased, by their pseudonyms."""
        known = set(erased)
        ids = self._work.connection.scalars(select(accounts.c.id)) if known else ()
        return [found for found in ids if pseudonym(self._work.vault, found) in known]
