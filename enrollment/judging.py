"""What follows from a verdict: a new template, the count of failures, the trail, who is told."""

from __future__ import annotations

from dataclasses import replace

from contracts.factor import Enrolled, Verdict
from enrollment.outcomes import Attempt, Callbacks, Change, Happened, Judged, Rules
from store import Store, Transaction

CHANGED = "the credential changed meanwhile"


class Judging:
    """Writes down what a factor has judged, in one transaction."""

    def __init__(self, store: Store, rules: Rules, callbacks: Callbacks) -> None:
        self._store = store
        self._rules = rules
        self._changed = callbacks.changed
        self._address = callbacks.address

    def judged(self, attempt: Attempt, verdict: Verdict) -> Judged:
        """Write it down; where the credential changed meanwhile, the verdict is rejected."""
        if attempt.forwarded:
            verdict = replace(verdict, proof=replace(verdict.proof, forwarded=True))
        with self._store.write() as tx:
            if verdict.update is not None:
                verdict = _updated(tx, attempt, verdict, verdict.update)
            self._count(tx, attempt, verdict)
            self._note(tx, attempt, verdict)
        return Judged(verdict, attempt.factor, attempt.account_id)

    def _note(self, tx: Transaction, attempt: Attempt, verdict: Verdict) -> None:
        tx.audit.add(
            _event(verdict),
            account_id=attempt.account_id or None,
            client_id=attempt.forwarded or None,
            source=self._address(),
            detail={
                "reason": verdict.reason,
                "score": verdict.score,
                **({"basis": verdict.basis} if verdict.basis else {}),
                "virtual": attempt.virtual,
                **({"forwarded": True} if attempt.forwarded else {}),
            },
            facts={"factor": attempt.factor},
        )

    def _count(self, tx: Transaction, attempt: Attempt, verdict: Verdict) -> None:
        if verdict.accepted and verdict.credential_id:
            address = "" if attempt.forwarded else self._address()
            tx.credentials.used(verdict.credential_id, address)
            self._tell_use(tx, attempt, verdict)
        elif attempt.named and len(attempt.enrolled) <= 1:
            self._blame(tx, attempt, next(iter(attempt.enrolled), None))

    def _tell_use(self, tx: Transaction, attempt: Attempt, verdict: Verdict) -> None:
        if verdict.left is not None:
            spent = Change(attempt.account_id, attempt.factor, Happened.SPENT, left=verdict.left)
            self._changed(tx, spent)

    def _blame(self, tx: Transaction, attempt: Attempt, one: Enrolled | None) -> None:
        blamed = one.credential_id if one else ""
        if tx.credentials.failed(blamed, self._rules.failures_disable) and one:
            disabled = Change(attempt.account_id, attempt.factor, Happened.DISABLED, one.label)
            self._changed(tx, disabled)


def _event(verdict: Verdict) -> str:
    if verdict.accepted:
        return "factor.accepted"
    return "factor.forged" if verdict.forged else "factor.rejected"


def _updated(tx: Transaction, attempt: Attempt, verdict: Verdict, template: bytes) -> Verdict:
    used = next(e for e in attempt.enrolled if e.credential_id == verdict.credential_id)
    if tx.credentials.replace_template(used, attempt.account_id, attempt.factor, template):
        return verdict
    return replace(verdict, accepted=False, reason=verdict.reason or CHANGED, update=None)
