"""The sign-up itself: each method takes one step and says what comes next.

What is shown and chosen is kept in one sealed row of this browser's. The account, its name and all
its credentials are made by the transaction that takes the row: before it there is nothing of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from contracts.abilities import Adoptable
from contracts.clock import Clock
from contracts.errors import BadRequest, Conflict, Expired, NotAllowed
from contracts.factor import Factor, Subject
from contracts.text import Text
from enrollment.newcomers import Newcomer, Newcomers
from enrollment.outcomes import Asked, Made
from enrollment.protecting import keep
from enrollment.submission import Submission
from gateway.login.plan import event
from gateway.login.steps import Visit
from gateway.login.visitor import ANY, HOME
from gateway.notices import Notices
from gateway.registration.letters import Letters
from gateway.registration.limits import Limits
from gateway.registration.steps import STEPS, Again, Naming, Registered, Step, Way
from store import Signup, Store, Transaction
from store.accounts import fit

TAKEN = Text("This username is taken. Choose another one.")
FOREIGN = Text("A username with @ must be the address that we have just sent a code to.")


class Reach(Factor, Adoptable, Protocol):
    """The factor whose credentials are addresses."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a sign-up lasts, and the login that follows it where none is waiting."""

    signup: timedelta
    login: timedelta


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service works with: `reach` sends the codes, `first` are the ways to begin with."""

    store: Store
    clock: Clock
    newcomers: Newcomers
    limits: Limits
    letters: Letters
    notices: Notices
    reach: Reach
    first: Mapping[str, Factor]
    lifetimes: Lifetimes


class Registration:
    """Takes the steps of a sign-up and turns it into an account."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def first(self) -> Asked:
        """Return what is asked first; nothing is kept of whoever only looks."""
        reach = self._parts.reach
        asks = reach.begin_enroll(Subject("", ""), ()).asks
        return Asked("", reach.name, reach.title, asks, 1, STEPS, enrolling=True)

    def begin(self, visit: Visit, login: str, submission: Submission) -> tuple[str, Asked]:
        """Send a code to an address; return the handle of the sign-up and what is asked now."""
        self._parts.limits.begin(visit.source)
        with self._parts.store.write() as tx:
            known = tx.logins.find(login, visit.browser) is not None
            signup = Signup(login=login if known else "")
            handle = tx.signups.open(signup, visit.browser, self._parts.lifetimes.signup)
        newcomer = _newcomer(self._find(handle, visit))
        asked = self._parts.newcomers.begin(self._parts.reach.name, newcomer)
        came = self._parts.newcomers.answer(asked.handle, newcomer, submission)
        if isinstance(came, Made):
            raise Expired(detail="an address was enrolled without a code")
        return handle, _of_four(came)

    def show(self, handle: str, visit: Visit) -> Step:
        """Show where the sign-up stands."""
        signup = self._find(handle, visit)
        if not signup.address:
            return Again(f"/register?login={signup.login}")
        return self._naming(signup.username or _email(signup) or "")

    def answer(self, handle: str, visit: Visit, ceremony: str, submission: Submission) -> Step:
        """Take a code, or the first factor."""
        signup = self._find(handle, visit)
        came = self._parts.newcomers.answer(ceremony, _newcomer(signup), submission)
        if isinstance(came, Asked):
            return replace(_of_four(came), step=STEPS if signup.username else came.step)
        if signup.username:
            return self._finish(signup, visit, came)
        return self._reached(signup, came)

    def resend(self, handle: str, visit: Visit, ceremony: str) -> Step:
        """Send the code anew."""
        signup = self._find(handle, visit)
        return _of_four(self._parts.newcomers.resend(ceremony, _newcomer(signup)))

    def name(self, handle: str, visit: Visit, username: str, factor: str) -> Step:
        """Take the name and begin to enrol the first factor. Raises NotAllowed."""
        signup = self._find(handle, visit)
        if not signup.address or factor not in self._parts.first:
            raise NotAllowed(detail=f"{factor!r} as the first factor")
        self._parts.limits.ask(visit.source)
        try:
            named = replace(signup, username=self._free(signup, username))
        except (BadRequest, Conflict) as refused:
            self._told(visit, refused)
            return self._naming(username, refused)
        return self._begin(named, factor)

    def cancel(self, handle: str, visit: Visit) -> str:
        """Give the sign-up up; return the handle of the login it came from."""
        signup = self._find(handle, visit)
        with self._parts.store.write() as tx:
            tx.signups.close(signup)
        return signup.login

    def came_from(self, handle: str, visit: Visit) -> str:
        """Return the handle of the login that a sign-up came from."""
        return self._find(handle, visit).login

    def _find(self, handle: str, visit: Visit) -> Signup:
        with self._parts.store.read() as tx:
            signup = tx.signups.find(handle, visit.browser)
        if signup is None:
            raise Expired(detail="no such sign-up of this browser")
        return signup

    def _reached(self, signup: Signup, made: Made) -> Step:
        """Note whose the address is; one that has an account got no code, whatever was typed."""
        address, proven = made.template.address, made.template.proven
        if not address or not proven:
            raise Expired(detail="an address that was not shown")
        proof = event(made.factor, proven, self._parts.clock.now())
        reached = replace(signup, address=address, events=(proof,))
        with self._parts.store.write() as tx:
            if tx.accounts.at(address) or not tx.signups.advance(reached):
                raise Expired(detail="an address of somebody, or two steps at once")
        return self._naming(_email(reached) or "")

    def _free(self, signup: Signup, username: str) -> str:
        """Return a name that nobody has. Raises BadRequest where it cannot be one, Conflict."""
        name = fit(username)
        if "@" in name and name != fit(signup.address):
            raise BadRequest(FOREIGN)
        with self._parts.store.read() as tx:
            if tx.accounts.find(name):
                raise Conflict(TAKEN)
        return name

    def _told(self, visit: Visit, refused: BadRequest | Conflict) -> None:
        if isinstance(refused, Conflict):
            self._parts.limits.told(visit.source)

    def _begin(self, named: Signup, factor: str) -> Asked:
        with self._parts.store.write() as tx:
            if not tx.signups.advance(named):
                raise Expired(detail="two steps of one sign-up at once")
        moved = replace(named, version=named.version + 1)
        asked = self._parts.newcomers.begin(factor, _newcomer(moved))
        return replace(asked, step=STEPS, steps=STEPS)

    def _naming(self, name: str, refused: BadRequest | Conflict | None = None) -> Naming:
        ways = [Way(factor.name, factor.title) for factor in self._parts.first.values()]
        if refused is None:
            return Naming(name, ways)
        return Naming(name, ways, refused.public, refused.status)

    def _finish(self, signup: Signup, visit: Visit, made: Made) -> Step:
        try:
            with self._parts.store.write() as tx:
                self._make_account(tx, signup, visit, made)
                login = self._log_in(tx, signup, visit)
        except Conflict as taken:
            self._told(visit, taken)
            return self._naming(signup.username, taken)
        return Registered(f"/login/{login}?welcome")

    def _make_account(self, tx: Transaction, signup: Signup, visit: Visit, made: Made) -> None:
        if tx.accounts.at(signup.address) or not tx.signups.close(signup):
            raise Expired(detail="the sign-up was finished before, here or in another window")
        account = tx.accounts.add(signup.username, _email(signup), signup.account_id)
        tx.accounts.speaks(account.id, visit.language)
        reach = self._parts.reach
        tx.credentials.add(account.id, reach.name, reach.adopt(signup.address))
        keep(tx, account.id, self._parts.first[made.factor], made.template)
        detail = {"factors": [reach.name, made.factor]}
        tx.audit.add(
            "account.registered", account_id=account.id, source=visit.source, detail=detail
        )
        self._parts.notices.tell(tx, account.id, self._parts.letters.welcome(account.username))

    def _log_in(self, tx: Transaction, signup: Signup, visit: Visit) -> str:
        """Let the login they came from go on with what was shown; a new one where it is over."""
        handle = signup.login
        login = tx.logins.find(handle, visit.browser)
        if login is None or login.account_id or login.events:
            lifetime = self._parts.lifetimes.login
            handle = tx.logins.open(visit.browser, ANY, HOME, "/", lifetime)
            login = tx.logins.find(handle, visit.browser)
        if login:
            tx.logins.advance(login, account_id=signup.account_id, events=signup.events)
        return handle


def _newcomer(signup: Signup) -> Newcomer:
    """Return whose ceremonies these are: each step's are its own."""
    subject = Subject(signup.account_id, signup.username, _email(signup))
    return Newcomer(f"{signup.handle_hash} {signup.version}", subject)


def _email(signup: Signup) -> str | None:
    return signup.address if "@" in signup.address else None


def _of_four(asked: Asked) -> Asked:
    return replace(asked, steps=STEPS)
