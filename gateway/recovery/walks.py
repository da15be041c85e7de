"""Showing what is left: each method takes one step of a walk and says what comes next.

Before the first proof everybody is asked alike, so that a name tells nothing. After it the ways of
the account itself are shown, as in a login.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from contracts.abilities import Reachable
from contracts.clock import Clock
from contracts.errors import BadRequest, Expired, NotAllowed, TooMany
from contracts.factor import Factor, Subject
from contracts.text import Text
from enrollment.blind import Blind
from enrollment.ceremonies import REFUSED, Ceremonies
from enrollment.outcomes import Added, Asked, Judged
from enrollment.renewing import TooManyQuestions
from enrollment.submission import Submission
from enrollment.terms import Terms
from gateway.login.plan import event
from gateway.login.steps import Visit
from gateway.login.wallets import Wallets
from gateway.recovery import proofs
from gateway.recovery.limits import Limits
from gateway.recovery.service import Recoveries
from gateway.recovery.steps import Started, Walked, Ways
from store import Purpose, Store, Transaction
from store.accounts import normalized
from store.recovery_walks import RecoveryWalk

Came = TypeVar("Came")

NAMELESS = Text("Type the username of your account.")
BEYOND = Text(
    "Your account has a security key that vouches for itself. Only the people who run this "
    "service can begin to recover such an account. Ask them."
)
LONGEST = 255
"""Nobody's name is longer; what is typed beyond it is not even kept."""

START_AGAIN = Text("Too many wrong answers. Start again from the beginning.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What walks work with; `lifetime` is how long one may take, `failures` its wrong answers."""

    store: Store
    clock: Clock
    factors: Mapping[str, Factor]
    blind: Blind
    ceremonies: Ceremonies
    wallets: Wallets
    limits: Limits
    recoveries: Recoveries
    lifetime: timedelta
    failures: int


class Walks:
    """Takes the steps of people who show what they have left."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def begin(self, visit: Visit, username: str, login: str) -> str:
        """Take a name, anybody's or nobody's; return the handle of the walk. Raises TooMany."""
        name = normalized(username[:LONGEST])[:LONGEST]
        if not name:
            raise BadRequest(NAMELESS)
        self._parts.limits.begin(visit.source)
        with self._parts.store.write() as tx:
            walk = RecoveryWalk(_whose(tx, name).id, name, login)
            return tx.recovery_walks.open(walk, visit.browser, self._parts.lifetime)

    def show(self, handle: str, visit: Visit) -> Walked:
        """Show what can be proven now."""
        return self._ways(self._find(handle, visit))

    def choose(self, handle: str, visit: Visit, factor: str, credential: str) -> Walked:
        """Begin to prove something. Raises NotAllowed for what is not on offer."""
        walk = self._find(handle, visit)
        ways = self._ways(walk)
        if (factor, credential) not in {(offer.factor, offer.credential) for offer in ways.offers}:
            raise NotAllowed(detail=f"{factor} proves nothing more")
        if not walk.events:
            return self._blindly(walk, ways, factor)
        subject = self._parts.wallets.subject(walk.account_id)
        return self._or_others(
            walk,
            lambda: self._parts.ceremonies.begin(
                Purpose.VERIFY, factor, _owner(walk), subject, credential or None
            ),
        )

    def answer(self, handle: str, visit: Visit, ceremony: str, submission: Submission) -> Walked:
        """Judge one answer; two independent ones begin the recovery."""
        walk = self._find(handle, visit)
        self._parts.limits.source(visit.source)
        terms = Terms(
            lambda taken: self._parts.limits.judge(walk.username, taken.factor),
            stranger=not walk.events,
        )
        came = self._or_others(
            walk, lambda: self._parts.ceremonies.answer(ceremony, _owner(walk), submission, terms)
        )
        if isinstance(came, Asked | Ways):
            return came
        if isinstance(came, Added):
            raise Expired(detail="an enrolment in a walk that only verifies")
        if came.verdict.accepted and came.account_id == walk.account_id:
            return self._proven(walk, visit, came)
        self._wrong(walk, visit)
        return came.again or replace(self._ways(walk), error=REFUSED, status=401)

    def resend(self, handle: str, visit: Visit, ceremony: str) -> Walked:
        """Send a code anew, once it is known who asks. Raises NotAllowed before."""
        walk = self._find(handle, visit)
        if not walk.events:
            raise NotAllowed(detail="nothing is sent anew before the first proof")
        return self._or_others(walk, lambda: self._parts.ceremonies.resend(ceremony, _owner(walk)))

    def cancel(self, handle: str, visit: Visit) -> str:
        """Give the walk up; return the handle of the login it came from."""
        walk = self._find(handle, visit)
        with self._parts.store.write() as tx:
            tx.recovery_walks.close(walk)
        return walk.login

    def _find(self, handle: str, visit: Visit) -> RecoveryWalk:
        with self._parts.store.read() as tx:
            walk = tx.recovery_walks.find(handle, visit.browser)
            subject = _whose(tx, walk.username if walk else "")
        if walk is None or walk.account_id != subject.id:
            raise Expired(detail="no such walk of this browser, or the account is disabled")
        return walk

    def _ways(self, walk: RecoveryWalk) -> Ways:
        if not walk.events:
            return Ways(proofs.everybodys(self._parts.factors.values()), first=True)
        wallet = self._parts.wallets.of(walk.account_id)
        if proofs.beyond(wallet):
            raise NotAllowed(BEYOND)
        return Ways(proofs.remaining(wallet, walk.events), first=False)

    def _or_others(self, walk: RecoveryWalk, step: Callable[[], Came]) -> Came | Ways:
        """Take a step; where no more is asked in one way, show the others, and say so."""
        try:
            return step()
        except TooManyQuestions as many:
            return _held_up(self._ways(walk), many)

    def _blindly(self, walk: RecoveryWalk, ways: Ways, factor: str) -> Walked:
        with self._parts.store.read() as tx:
            subject = _whose(tx, walk.username)
        try:
            if isinstance(self._parts.factors[factor], Reachable):
                self._parts.limits.send(walk.username)
            return self._parts.blind.begin(factor, _owner(walk), subject)
        except TooMany as wait:
            return _held_up(ways, wait)

    def _proven(self, walk: RecoveryWalk, visit: Visit, judged: Judged) -> Walked:
        self._parts.limits.right(walk.username, judged.factor)
        proof = event(judged.factor, judged.verdict, self._parts.clock.now())
        shown = replace(walk, events=(*walk.events, proof))
        if proofs.enough(shown.events):
            return self._start(shown, visit)
        with self._parts.store.write() as tx:
            if not tx.recovery_walks.advance(shown):
                raise Expired(detail="two steps of one walk at once")
            detail = {"factor": proof.factor}
            tx.audit.add(
                "recovery.proven", account_id=walk.account_id, source=visit.source, detail=detail
            )
        return self._ways(replace(shown, version=shown.version + 1))

    def _start(self, shown: RecoveryWalk, visit: Visit) -> Started:
        """Spend the walk and begin the wait, or leave both as they were."""
        proven = sorted({proof.factor for proof in shown.events})
        with self._parts.store.write() as tx:
            if not tx.recovery_walks.close(shown):
                raise Expired(detail="the walk was finished before")
            begun = self._parts.recoveries.proven(tx, shown.account_id, proven, visit.source)
        ready_at = begun.recovery.ready_at or self._parts.clock.now()
        return Started(begun.claim, ready_at)

    def _wrong(self, walk: RecoveryWalk, visit: Visit) -> None:
        self._parts.limits.wrong(visit.source)
        with self._parts.store.write() as tx:
            ended = tx.recovery_walks.failed(walk) >= self._parts.failures
            if ended:
                tx.recovery_walks.close(walk)
        if ended:
            raise TooMany(START_AGAIN, detail="too many wrong answers in one walk")


def _held_up(ways: Ways, why: TooMany) -> Ways:
    return replace(ways, error=why.public, status=why.status, retry_after=why.retry_after)


def _whose(tx: Transaction, name: str) -> Subject:
    """Return whose name it is, nobody where it is nobody's or not let in; in the same time."""
    account = tx.accounts.whose(name)
    if account is None or not account.admitted:
        return Subject("", name)
    return account.subject


def _owner(walk: RecoveryWalk) -> str:
    return f"recovery {walk.handle_hash}"
