"""Recoveries that operators begin in the place of the two proofs; they never choose a secret.

Operators are who the system says they are: the real user id of their process. Nothing they type
can say otherwise; whoever may become another user of the system can.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from contracts.clock import Clock
from contracts.errors import BadRequest, Conflict, NotAllowed
from contracts.text import Text
from gateway.recovery.service import APPROVAL, UNDER_WAY, Recoveries
from store import Account, Store, Transaction
from store.recoveries import Recovery, State

NOBODY = "There is no active account %(name)s."
NOTHING = Text("There is no recovery of this account, or it waits for no approval.")
SAME = Text("Somebody else has to approve it: another user of this system than who started it.")


@dataclass(frozen=True, slots=True)
class Operator:
    """A user of the system that runs this command."""

    uid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.uid})"


def operator() -> Operator:
    """Return who runs this process."""
    uid, name = os.getuid(), "?"
    with suppress(KeyError):  # a user without a name, as in a container
        name = pwd.getpwuid(uid).pw_name
    return Operator(uid, name)


@dataclass(frozen=True, slots=True)
class Ordered:
    """A recovery that an operator began; without `ready_at` it needs a second one."""

    id: str
    claim: str = field(repr=False)
    ready_at: datetime | None
    told: int


class Operating:
    """What operators do with recoveries."""

    def __init__(
        self, store: Store, clock: Clock, recoveries: Recoveries, *, four_eyes: bool
    ) -> None:
        self._store = store
        self._clock = clock
        self._recoveries = recoveries
        self._four_eyes = four_eyes

    def start(self, username: str, by: Operator, reason: str) -> Ordered:
        """Begin one, or ask a second operator for it. Raises BadRequest, Conflict."""
        with self._store.write() as tx:
            account = _account(tx, username)
            detail = {"operator": str(by), "reason": reason, "four_eyes": self._four_eyes}
            tx.audit.add("recovery.asked", account_id=account.id, detail=detail)
            if self._four_eyes:
                return self._asked(tx, account, by)
            begun = self._recoveries.vouched(tx, account.id, str(by))
        return Ordered(begun.recovery.id, begun.claim, begun.recovery.ready_at, begun.told)

    def approve(self, username: str, by: Operator) -> int:
        """Let one begin that somebody else asked for; return at how many addresses people hear."""
        with self._store.write() as tx:
            account = _account(tx, username)
            asked = tx.recoveries.under_way(account.id)
            if asked is not None and asked.started_by == str(by):
                raise NotAllowed(SAME)
            timing = self._recoveries.timing()
            approved = tx.recoveries.approve(asked.id, str(by), timing) if asked else None
            if approved is None:
                raise BadRequest(NOTHING)
            return self._approved(tx, approved)

    def stop(self, username: str, by: Operator) -> bool:
        """Stop the one of an account; one that was only asked for is taken back."""
        with self._store.read() as tx:
            account = _account(tx, username)
            found = tx.recoveries.under_way(account.id)
        if found is not None and found.state is State.ASKED:
            return self._recoveries.withdraw(account.id, str(by))
        return self._recoveries.stop_of(account.id, "", str(by))

    def list(self) -> Sequence[tuple[str, Recovery]]:
        """Return all that are remembered, each with the name of its account."""
        with self._store.read() as tx:
            return [(_name(tx, found.account_id), found) for found in tx.recoveries.list()]

    def _asked(self, tx: Transaction, account: Account, by: Operator) -> Ordered:
        until = self._clock.now() + APPROVAL
        asked = tx.recoveries.start(account.id, started_by=str(by), asked_until=until)
        if asked is None:
            raise Conflict(UNDER_WAY)
        return Ordered(*asked, ready_at=None, told=0)

    def _approved(self, tx: Transaction, approved: Recovery) -> int:
        detail = {
            "recovery": approved.id,
            "started_by": approved.started_by,
            "approved_by": approved.approved_by,
        }
        tx.audit.add("recovery.approved", account_id=approved.account_id, detail=detail)
        return self._recoveries.tell_started(tx, approved)


def _account(tx: Transaction, username: str) -> Account:
    account = tx.accounts.find(username)
    if account is None or not account.admitted:
        raise BadRequest(Text(NOBODY, {"name": username}))
    return account


def _name(tx: Transaction, account_id: str) -> str:
    account = tx.accounts.get(account_id)
    return account.username if account else ""
