"""Going on once the wait is over: a code opens it, one factor is added, and it is spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from contracts.clock import Clock
from contracts.errors import Expired, NotAllowed
from contracts.factor import Factor
from contracts.text import Text
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Asked, Judged
from enrollment.submission import Submission
from enrollment.terms import Terms
from gateway.login.plan import Offer
from gateway.login.steps import Visit
from gateway.login.wallets import Wallets
from gateway.recovery import proofs
from gateway.recovery.limits import Limits
from gateway.recovery.service import Recoveries
from gateway.recovery.steps import Claimed, Opened, Recovered, Replace, Wait
from store import Ceremony, Purpose, Store, Transaction
from store.recoveries import Recovery

UNKNOWN = Text(
    "This code is not valid, or not any more. Look whether you typed it as it was shown. "
    "A recovery that was stopped, or that waited too long for you, has to begin anew."
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What claims work with; `lifetime` is how long adding a factor may take."""

    store: Store
    clock: Clock
    factors: Mapping[str, Factor]
    ceremonies: Ceremonies
    wallets: Wallets
    limits: Limits
    recoveries: Recoveries
    lifetime: timedelta


class Claims:
    """Lets whoever holds the code of a recovery add one factor in the place of the lost one."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def claim(self, visit: Visit, code: str) -> Wait | Opened:
        """Take a code; it opens the recovery in this browser and in no other any more.

        Raises Expired, with one answer for all that is no valid code, and TooMany.
        """
        self._parts.limits.source(visit.source)
        with self._parts.store.write() as tx:
            recovery = tx.recoveries.claimed(code)
            opened = self._open(tx, recovery, visit) if recovery else None
        if opened is None:
            self._parts.limits.wrong(visit.source)
            raise Expired(UNKNOWN, detail="no such recovery")
        return opened

    def show(self, handle: str, visit: Visit) -> Replace:
        """Show what can be added."""
        return Replace(list(self._offers(self._find(handle, visit)).values()))

    def begin(self, handle: str, visit: Visit, factor: str) -> Asked:
        """Begin to add a factor. Raises NotAllowed for what was not lost."""
        recovery = self._find(handle, visit)
        self._check(recovery, factor)
        subject = self._parts.wallets.subject(recovery.account_id)
        return self._parts.ceremonies.begin(Purpose.ENROLL, factor, _owner(recovery), subject)

    def answer(self, handle: str, visit: Visit, ceremony: str, submission: Submission) -> Claimed:
        """Take one answer; the transaction that adds the factor spends the recovery."""
        recovery = self._find(handle, visit)

        def allow(taken: Ceremony) -> None:
            self._check(recovery, taken.factor)

        def adding(tx: Transaction) -> None:
            if not self._parts.recoveries.spend(tx, recovery, visit.source):
                raise Expired(UNKNOWN, detail="the recovery was stopped or finished before")

        terms = Terms(allow, adding)
        came = self._parts.ceremonies.answer(ceremony, _owner(recovery), submission, terms)
        if isinstance(came, Judged):
            raise Expired(detail="a verification in a recovery that only adds")
        return came if isinstance(came, Asked) else Recovered()

    def _open(self, tx: Transaction, recovery: Recovery, visit: Visit) -> Wait | Opened | None:
        if recovery.ready_at is None or recovery.ready_at > self._parts.clock.now():
            return Wait(recovery.ready_at) if recovery.ready_at else None
        handle = tx.recoveries.open(recovery, visit.browser, self._parts.lifetime)
        tx.audit.add("recovery.claimed", account_id=recovery.account_id, source=visit.source)
        return Opened(handle) if handle else None

    def _find(self, handle: str, visit: Visit) -> Recovery:
        with self._parts.store.read() as tx:
            recovery = tx.recoveries.opened(handle, visit.browser)
        if recovery is None:
            raise Expired(UNKNOWN, detail="no such recovery of this browser")
        return recovery

    def _offers(self, recovery: Recovery) -> Mapping[str, Offer]:
        offers = proofs.addable(self._parts.factors.values(), recovery.proven)
        return {offer.factor: offer for offer in offers}

    def _check(self, recovery: Recovery, factor: str) -> None:
        if factor not in self._offers(recovery):
            raise NotAllowed(detail=f"{factor} is not added by this recovery")


def _owner(recovery: Recovery) -> str:
    return f"recovery {recovery.handle_hash}"
