"""How often a person, a factor and a network may be wrong; counted before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contracts.errors import TooMany
from contracts.factor import Subject
from enrollment.outcomes import Judged
from gateway import policy
from gateway.limits import strain, words
from gateway.limits.demand import Demand, Puzzle
from gateway.limits.strain import HOUR, Bounds
from gateway.login.signals import Signal
from gateway.login.steps import First, Visit
from store import Login, Store, Transaction
from store.accounts import normalized

TWO = policy.parse("mfa")
UNJUDGED = 60
"""So often an hour somebody is told for nothing that the house is busy: it has cost work, maybe."""


@dataclass(frozen=True, slots=True)
class Try:
    """A visitor tries a factor of whoever has this name or id.

    `account_id` is for the audit trail. `device` is the credential of a remembered browser that
    was proven before: it has tries of its own, which no stranger uses up.
    """

    who: str
    factor: str
    visit: Visit
    account_id: str = ""
    device: str = ""

    @property
    def key(self) -> str:
        """Name the counter of these tries."""
        return f"factor:{self.factor}:{self.who}" + (f":{self.device}" if self.device else "")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A try that was counted and may be judged; whether it is the first of its name this hour."""

    first: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """A try that must not be judged yet; it was not counted for the name."""

    seconds: int


class Limits:
    """Counts tries, all of one in a transaction; unknown names count as known ones do."""

    def __init__(self, store: Store, demand: Demand, bounds: Bounds, *, per_account: int) -> None:
        self._store = store
        self._demand = demand
        self._bounds = bounds
        self._per_account = per_account

    def first(self, tried: Try) -> Allowed | Wait | Puzzle:
        """Count a try that costs a hash. Where the house is strained, work comes first.

        A browser that has proven that it is remembered did more than work.
        """
        if not self._bounds.enabled:
            return Allowed()
        with self._store.write() as tx:
            visit, counted = tried.visit, strain.read(tx, tried.visit.source)
            work = None
            if not tried.device:
                work = self._demand.due(tx, visit.source, visit.browser, visit.work, counted)
            came = work or self._count(tx, tried, counted.wrong)
            if isinstance(came, Allowed):
                strain.hashed(tx, self._bounds)
        return came

    def again(self, tried: Try) -> None:
        """Count a try of somebody who is known by a proof. Raises TooMany."""
        if self._bounds.enabled:
            with self._store.write() as tx:
                counted = strain.read(tx, tried.visit.source)
                came = self._count(tx, tried, counted.wrong)
            if isinstance(came, Wait):
                raise _too_many(tried.key, came.seconds)

    def source(self, address: str) -> None:
        """Raise TooMany for a network that was wrong too often."""
        if self._bounds.enabled:
            with self._store.read() as tx:
                wait = tx.limits.peek(strain.wrong(address), self._bounds.wrong)
            if wait:
                raise _too_many(f"source {address}", wait)

    def right(self, tx: Transaction, tried: Try) -> None:
        """Uncount a try that was right: what was wrong before it stays counted."""
        if self._bounds.enabled:
            tx.limits.take_back(tried.key)

    def unjudged(self, tried: Try) -> None:
        """Uncount a try that nothing was there to judge."""
        if self._bounds.enabled:
            with self._store.write() as tx:
                give_back(tx, tried.key)

    def wrong(self, address: str, *, first: bool = False) -> None:
        """Count a wrong answer for the network it came from; `first`: the first of its name."""
        if self._bounds.enabled:
            with self._store.write() as tx:
                strain.blame(tx, address, first=first, bounds=self._bounds)

    def asked(self, visit: Visit) -> Puzzle | None:
        """Return the work that the first page is to carry."""
        return self._demand.asked(visit.source, visit.browser)

    def _count(self, tx: Transaction, tried: Try, wrong: int) -> Allowed | Wait:
        source, most = tried.visit.source, self._bounds.wrong
        if wrong >= most and not tried.device:
            return Wait(tx.limits.peek(strain.wrong(source), most))
        count = tx.limits.attempt(tried.key, self._per_account, HOUR)
        if count.wait:
            strain.blame(tx, source, first=False, bounds=self._bounds)
            return Wait(count.wait)
        if count.hits == self._per_account:
            self._reached(tx, tried)
        return Allowed(first=count.hits == 1)

    def _reached(self, tx: Transaction, tried: Try) -> None:
        """Note that a name has no tries left; a name that nobody has could be a password."""
        tx.audit.add(
            "limit.reached",
            account_id=tried.account_id or None,
            source=tried.visit.source,
            detail={"limit": "account", "factor": tried.factor, "most": self._per_account},
        )


def give_back(tx: Transaction, key: str) -> None:
    """Uncount what a busy house did not judge, so often in an hour; beyond that it is a try."""
    if not tx.limits.hit(f"unjudged:{key}", UNJUDGED, HOUR):
        tx.limits.take_back(key)


def tried_first(
    login: Login, subject: Subject, visit: Visit, factor: str, device: Judged | None
) -> Try:
    """Return the try of a first proof, by name.

    Those of a remembered browser are counted apart, and so are those of a person who is logged in:
    strangers have the name alone.
    """
    shown = device.verdict.credential_id if device else None
    who = login.account_id or f"name:{normalized(subject.username)}"
    return Try(who, factor, visit, subject.id, shown or "")


def tried_in(login: Login, visit: Visit, factor: str) -> Try | None:
    """Return what is counted of the answers in a login; nothing while nobody says whose it is."""
    return Try(login.account_id, factor, visit, login.account_id) if login.account_id else None


def asked_as(login: Login) -> str:
    """Name the counter of what a person is asked in a login; empty, the one of anybody's.

    In a browser that the account was logged in from, and for whoever has shown two kinds of proof,
    questions are counted apart: who knows a password alone uses up none of these.
    """
    familiar = Signal.NEW_DEVICE not in (login.signals or ())
    return "known" if familiar or policy.level(login.events).satisfies(TWO) else ""


def held_up(page: First, by: Puzzle | Wait) -> First:
    """Show the first page again, with what comes before the next try."""
    if isinstance(by, Wait):
        error = words.wait(by.seconds)
        return replace(page, error=error, status=429, retry_after=by.seconds)
    return replace(page, error=by.error, status=429, retry_after=by.seconds, puzzle=by)


def _too_many(detail: str, seconds: int) -> TooMany:
    return TooMany(words.wait(seconds), detail=detail, retry_after=seconds)
