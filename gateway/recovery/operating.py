"""Recoveries that operators begin in the place of the two proofs; they never choose a secret.

Whoever only asks for one gets no code: it is made at the approval, for whoever approves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from contracts.clock import Clock
from contracts.errors import BadRequest, Conflict, NotAllowed
from contracts.text import Text
from gateway.recovery.service import APPROVAL, UNDER_WAY, Recoveries
from store import Store, Transaction
from store.recoveries import Recovery, State

NOBODY = Text("There is no such person, or they are kept out.")
NOTHING = Text("There is no recovery of this account, or it waits for no approval.")
SAME = Text("Somebody else has to approve it than who started it.")


@dataclass(frozen=True, slots=True)
class Ordered:
    """A recovery that an operator began; without `ready_at` and `claim` it needs a second one."""

    id: str
    claim: str = field(default="", repr=False)
    ready_at: datetime | None = None
    told: int = 0


class Operating:
    """What operators do with recoveries; `by` is the id of who does it."""

    def __init__(self, store: Store, clock: Clock, recoveries: Recoveries) -> None:
        self._store = store
        self._clock = clock
        self._recoveries = recoveries

    def start(
        self, account_id: str, by: str, reason: str, *, approval: bool, ranked: bool = False
    ) -> Ordered:
        """Begin one or, where that needs an `approval`, ask for it. Raises BadRequest, Conflict.

        `ranked`, it needs one for whoever has a role: nobody gets one while this looks.
        """
        with self._store.write() as tx:
            tx.accounts.hold(account_id)
            _admitted(tx, account_id)
            approval = approval or (ranked and tx.operators.get(account_id) is not None)
            ordered = self._ask(tx, account_id, by) if approval else self._vouch(tx, account_id, by)
            detail = {"recovery": ordered.id, "reason": reason, "approval": approval}
            tx.audit.add("recovery.asked", account_id=account_id, detail=detail)
        return ordered

    def approve(self, account_id: str, by: str) -> Ordered:
        """Let one begin that somebody else asked for. Raises BadRequest, NotAllowed."""
        with self._store.write() as tx:
            _admitted(tx, account_id)
            asked = tx.recoveries.under_way(account_id)
            if asked is not None and asked.started_by == by:
                raise NotAllowed(SAME)
            timing = self._recoveries.timing()
            approved = tx.recoveries.approve(asked.id, by, timing) if asked else None
            if approved is None:
                raise BadRequest(NOTHING)
            return self._approved(tx, *approved)

    def stop(self, account_id: str, by: str) -> bool:
        """Stop the one of an account; one that was only asked for is taken back."""
        with self._store.read() as tx:
            found = tx.recoveries.under_way(account_id)
        if found is not None and found.state is State.ASKED:
            return self._recoveries.withdraw(account_id, "")
        return self._recoveries.stop_of(account_id, "", by)

    def _ask(self, tx: Transaction, account_id: str, by: str) -> Ordered:
        asked = tx.recoveries.ask(account_id, by, self._clock.now() + APPROVAL)
        if asked is None:
            raise Conflict(UNDER_WAY)
        return Ordered(asked)

    def _vouch(self, tx: Transaction, account_id: str, by: str) -> Ordered:
        begun = self._recoveries.vouched(tx, account_id, by)
        return Ordered(begun.recovery.id, begun.claim, begun.recovery.ready_at, begun.told)

    def _approved(self, tx: Transaction, approved: Recovery, claim: str) -> Ordered:
        detail = {
            "recovery": approved.id,
            "started_by": approved.started_by,
            "approved_by": approved.approved_by,
        }
        tx.audit.add("recovery.approved", account_id=approved.account_id, detail=detail)
        told = self._recoveries.tell_started(tx, approved)
        return Ordered(approved.id, claim, approved.ready_at, told)


def _admitted(tx: Transaction, account_id: str) -> None:
    account = tx.accounts.get(account_id)
    if account is None or not account.admitted:
        raise BadRequest(NOBODY)
