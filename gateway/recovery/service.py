"""Recoveries from their start to their end, whoever starts and whoever ends them.

A recovery is one row. It is started, approved, stopped and spent by one conditional statement each,
in one transaction with what people are told of it: a crash leaves it as it was or as it is to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from contracts.clock import Clock
from contracts.errors import Conflict, NotAllowed
from contracts.text import Text
from gateway.notices import Notice, Notices
from gateway.recovery.letters import Letters
from store import Store, Transaction
from store.recoveries import Recovery, Timing

CLAIM = timedelta(days=7)
"""How long the new factor can be added once the wait is over: a right that lies about is found."""

APPROVAL = timedelta(days=7)
"""How long a second operator may take."""

PAUSE = timedelta(days=7)
"""How long a stopped recovery keeps others from starting: whoever stole two proofs keeps trying,
and a week is time enough to change them. An operator can start one all the same."""

UNDER_WAY = Text(
    "A recovery of this account is under way already. Go on with the code that was shown when it "
    "began, or stop it first."
)
STOPPED_BEFORE = Text(
    "A recovery of this account was stopped a few days ago. Only the people who run this service "
    "can begin another one now. Ask them."
)
RANKED = Text(
    "You help to run this service. Only somebody else who does can begin to recover your account. "
    "Ask them."
)
NOWHERE = Text(
    "There is no address at which the owner of this account could hear of a recovery. Only the "
    "people who run this service can begin one. Ask them."
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A recovery that waits, the code that claims it, and at how many addresses people hear."""

    recovery: Recovery
    claim: str
    told: int


class Recoveries:
    """Starts recoveries, tells everybody concerned, stops them."""

    def __init__(
        self, store: Store, clock: Clock, notices: Notices, letters: Letters, wait: timedelta
    ) -> None:
        self._store = store
        self._clock = clock
        self._notices = notices
        self._letters = letters
        self._wait = wait

    def proven(self, tx: Transaction, account_id: str, proven: Sequence[str], source: str) -> Begun:
        """Start one for somebody who has proven these factors. Raises NotAllowed, Conflict.

        Less than a passkey never leads to a role: operators are recovered by operators.
        """
        if tx.operators.get(account_id):
            raise NotAllowed(RANKED)
        if tx.recoveries.stopped(account_id):
            raise NotAllowed(STOPPED_BEFORE)
        started = tx.recoveries.start(account_id, proven=proven, timing=self.timing())
        begun = self._begun(tx, account_id, started, source)
        if not begun.told:
            raise NotAllowed(NOWHERE)
        return begun

    def vouched(self, tx: Transaction, account_id: str, operator: str) -> Begun:
        """Start one for somebody whom an operator knows to be the person. Raises Conflict."""
        started = tx.recoveries.start(account_id, started_by=operator, timing=self.timing())
        return self._begun(tx, account_id, started, "")

    def tell_started(self, tx: Transaction, recovery: Recovery) -> int:
        """Tell people that the wait has begun; return at how many addresses."""
        return self._notices.tell(tx, recovery.account_id, self._letters.started(recovery))

    def timing(self) -> Timing:
        """Return the times of a wait that begins now."""
        now = self._clock.now()
        ready = now + self._wait
        return Timing(ready_at=ready, remind_at=now + self._wait / 2, ends_at=ready + CLAIM)

    def under_way(self, account_id: str) -> Recovery | None:
        """Return what is under way for an account."""
        with self._store.read() as tx:
            return tx.recoveries.under_way(account_id)

    def stop(self, code: str, source: str) -> bool:
        """Stop the one that this code stops; whoever holds the code may, logged in or not."""
        with self._store.write() as tx:
            stopped = tx.recoveries.stop(code, self._clock.now() + PAUSE)
            self._tell_stopped(tx, stopped, source, "code")
        return stopped is not None

    def stop_of(self, account_id: str, source: str, by: str) -> bool:
        """Stop the one of an account, by somebody who is logged in or by an operator."""
        with self._store.write() as tx:
            stopped = tx.recoveries.stop_of(account_id, self._clock.now() + PAUSE)
            self._tell_stopped(tx, stopped, source, by)
        return stopped is not None

    def withdraw(self, account_id: str, source: str) -> bool:
        """End the one of somebody who has everything after all, so that they may begin another."""
        with self._store.write() as tx:
            withdrawn = tx.recoveries.withdraw(account_id)
            if withdrawn:
                tx.audit.add("recovery.withdrawn", account_id=account_id, source=source)
        return withdrawn

    def remind(self) -> int:
        """Tell people at half time that it still goes on; return how many recoveries that were."""
        with self._store.read() as tx:
            due = tx.recoveries.due()
        return sum(self._reminded(recovery) for recovery in due)

    def spend(self, tx: Transaction, recovery: Recovery, source: str) -> bool:
        """End one because its factor is added, and every session; True for one caller alone."""
        account_id = recovery.account_id
        tx.accounts.hold(account_id)
        if not tx.recoveries.finish(recovery):
            return False
        tx.endings.account(account_id)
        tx.audit.add("recovery.finished", account_id=account_id, source=source)
        self._notices.tell(tx, account_id, self._letters.finished(recovery))
        return True

    def _begun(
        self, tx: Transaction, account_id: str, started: tuple[str, str] | None, source: str
    ) -> Begun:
        recovery = tx.recoveries.under_way(account_id)
        if started is None or recovery is None:
            raise Conflict(UNDER_WAY)
        detail = {
            "recovery": recovery.id,
            "proven": list(recovery.proven),
            "started_by": recovery.started_by,
        }
        tx.audit.add("recovery.started", account_id=account_id, source=source, detail=detail)
        return Begun(recovery, started[1], self.tell_started(tx, recovery))

    def _tell_stopped(
        self, tx: Transaction, stopped: Recovery | None, source: str, by: str
    ) -> None:
        if stopped is None:
            return
        account_id, detail = stopped.account_id, {"recovery": stopped.id, "by": by}
        tx.audit.add("recovery.stopped", account_id=account_id, source=source, detail=detail)
        self._tell(tx, stopped, self._letters.stopped(stopped))

    def _reminded(self, recovery: Recovery) -> bool:
        with self._store.write() as tx:
            if not tx.recoveries.reminded(recovery):
                return False
            detail = {"recovery": recovery.id}
            tx.audit.add("recovery.reminded", account_id=recovery.account_id, detail=detail)
            self._tell(tx, recovery, self._letters.still(recovery))
        return True

    def _tell(self, tx: Transaction, recovery: Recovery, notice: Notice) -> None:
        self._notices.tell(tx, recovery.account_id, notice)
