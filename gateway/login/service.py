"""The login itself: each method takes one step and says what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.assurance import AuthEvent
from contracts.errors import Expired, NotAllowed, TooMany, Unavailable
from contracts.factor import Answer, Ask, Subject
from contracts.text import Text
from enrollment.ceremonies import REFUSED
from enrollment.outcomes import Added, Asked, Judged
from enrollment.submission import Submission
from enrollment.terms import Terms
from gateway.limits.demand import Puzzle
from gateway.login.elsewhere import take
from gateway.login.found import found
from gateway.login.limits import Try, Wait, asked_as, held_up, tried_first, tried_in
from gateway.login.parts import Parts
from gateway.login.plan import Choice, event
from gateway.login.steps import LEAVING, Choose, Ended, Finished, First, Step, Visit
from store import Ceremony, Client, Login, Purpose
from store.sessions import Seen
from store.voice_notes import VoiceNote

WRONG = Text("The name or the password is not right.")
SET_UP = Text("It is set up. Now use it once.")
START_AGAIN = Text("Too many wrong answers. Go back to where you came from and start again.")


class LoginService:
    """Takes the steps of a login and turns it into a session."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def show(self, handle: str, visit: Visit) -> Step:
        """Show where the login stands; changes nothing but to finish it.

        What was proven elsewhere since counts from here on.
        """
        login = self._find(handle, visit)
        if note := self._parts.elsewhere.answered(login):
            return self._advance(login, visit, login.account_id or "", None, note=note)
        return self._go_on(login, visit)

    def first(self, handle: str, visit: Visit, username: str, secret: str) -> Step:
        """Judge name and password: one answer for unknown, wrong, disabled and locked."""
        login, factor = self._find(handle, visit), self._parts.guide.first
        subject = self._named(login, username)
        device = self._parts.devices.shown(login, visit, subject)
        tried = tried_first(login, subject, visit, factor, device)
        came = self._parts.limits.first(tried)
        if isinstance(came, Puzzle | Wait):
            return held_up(self._first_page(login, visit, username), came)
        whose = self._parts.devices.admitted(subject, factor, device)
        judged = self._parts.ceremonies.judge(factor, whose, Answer({factor: secret}))
        if judged.verdict.accepted:
            return self._proven(login, visit, judged, tried, device)
        self._wrong(login, visit, first=came.first)
        return replace(self._first_page(login, visit, username), error=WRONG, status=401)

    def choose(self, handle: str, visit: Visit, offer: tuple[str, str, bool]) -> Step:
        """Begin the ceremony of an offered (factor, credential, enrol). Raises NotAllowed."""
        factor, credential, enrol = offer
        login = self._find(handle, visit)
        if not login.events:
            return self._usernameless(login, factor)
        self._offered(login, offer)
        purpose = Purpose.ENROLL if enrol else Purpose.VERIFY
        subject = self._parts.wallets.subject(login.account_id or "")
        return self._parts.ceremonies.begin(
            purpose, factor, login.handle_hash, subject, credential or None, asked_as(login)
        )

    def answer(self, handle: str, visit: Visit, ceremony: str, submission: Submission) -> Step:
        """Judge one answer of a ceremony that this login began, unless it was given elsewhere."""
        login = self._find(handle, visit)
        if self._parts.elsewhere.answered(login):
            return self.show(handle, visit)
        terms = Terms(lambda taken: self._allow(login, visit, taken))
        came = self._parts.ceremonies.answer(ceremony, login.handle_hash, submission, terms)
        match came:
            case Asked():
                tried = None if came.enrolling else tried_in(login, visit, came.factor)
                if tried and came.status == Unavailable.status:
                    self._parts.limits.unjudged(tried)
                return came
            case Added():
                return self._added(login, visit, came)
            case Judged() if came.verdict.accepted:
                return self._proven(login, visit, came, tried_in(login, visit, came.factor))
        self._wrong(login, visit)
        return came.again or self._other_way(login, visit, came.signal)

    def resend(self, handle: str, visit: Visit, ceremony: str) -> Step:
        """Send a code anew in a ceremony that this login began."""
        login = self._find(handle, visit)
        self._parts.limits.source(visit.source)
        return self._parts.ceremonies.resend(ceremony, login.handle_hash)

    def skip(self, handle: str, visit: Visit) -> Step:
        """Finish with what was proven, where nothing required is missing."""
        login = self._find(handle, visit)
        if not self._parts.guide.enough(login):
            raise NotAllowed(detail="a required proof cannot be skipped")
        return self._finish(login, visit)

    def cancel(self, handle: str, visit: Visit) -> Ended:
        """Give the login up."""
        login = self._find(handle, visit)
        with self._parts.store.write() as tx:
            tx.logins.close(login)
        return Ended(login.cancel_to)

    def switch(self, handle: str, visit: Visit) -> str:
        """End this browser's session and return a fresh login for somebody else."""
        login = self._find(handle, visit)
        self._parts.sessions.end(visit.session)
        with self._parts.store.write() as tx:
            tx.logins.close(login)
        return self._parts.sessions.log_in(
            "", visit.browser, login.requirement, login.return_to, login.cancel_to
        )

    def asked_by(self, handle: str, visit: Visit) -> tuple[Client | None, Sequence[str]]:
        """Return which chatbot asks, none for our own pages, and in which languages."""
        with self._parts.store.read() as tx:
            requirement = found(tx, handle, visit).requirement
            return tx.clients.get(requirement.client_id), requirement.ui_locales

    def _find(self, handle: str, visit: Visit) -> Login:
        with self._parts.store.read() as tx:
            return found(tx, handle, visit)

    def _allow(self, login: Login, visit: Visit, ceremony: Ceremony) -> None:
        """Count a verification; what is added must still be on offer when the answer comes.

        A passkey that says itself whose it is cannot be guessed: nobody's limit stands in its way.
        """
        if ceremony.factor == self._parts.devices.name:
            raise NotAllowed(detail="a browser's own key is proven beside something else")
        if ceremony.purpose is Purpose.ENROLL:
            self._offered(login, (ceremony.factor, "", True))
        elif tried := tried_in(login, visit, ceremony.factor):
            self._parts.limits.again(tried)

    def _offered(self, login: Login, offer: tuple[str, str, bool]) -> None:
        if offer not in self._parts.guide.offered(login):
            raise NotAllowed(detail=f"{offer[0]} is not on offer")

    def _named(self, login: Login, username: str) -> Subject:
        if login.account_id is not None:
            return self._parts.wallets.subject(login.account_id)
        return self._parts.wallets.named(username)

    def _usernameless(self, login: Login, factor: str) -> Step:
        if factor != self._parts.guide.usernameless:
            raise NotAllowed(detail=f"{factor} before any proof")
        subject = self._parts.wallets.subject(login.account_id) if login.account_id else None
        return self._parts.ceremonies.begin(Purpose.VERIFY, factor, login.handle_hash, subject)

    def _proven(
        self,
        login: Login,
        visit: Visit,
        judged: Judged,
        tried: Try | None,
        device: Judged | None = None,
    ) -> Step:
        if login.account_id not in (None, judged.account_id):
            raise NotAllowed(detail="a proof of another account")
        beside = [device] if device and self._parts.devices.counts(login) else []
        now = self._parts.clock.now()
        proofs = [event(each.factor, each.verdict, now) for each in (*beside, judged)]
        return self._advance(login, visit, judged.account_id, tried, *proofs)

    def _added(self, login: Login, visit: Visit, added: Added) -> Step:
        if added.proven is None or login.account_id is None:
            step = self._go_on(login, visit)
            return replace(step, notice=SET_UP) if isinstance(step, Choose) else step
        proof = event(added.factor, added.proven, self._parts.clock.now())
        return self._advance(login, visit, login.account_id, None, proof)

    def _advance(
        self,
        login: Login,
        visit: Visit,
        account_id: str,
        tried: Try | None,
        *proofs: AuthEvent,
        note: VoiceNote | None = None,
    ) -> Step:
        events, signals = (*login.events, *proofs), login.signals
        with self._parts.store.write() as tx:
            if note:
                events = (*events, take(tx, note))
            if signals is None:
                signals = self._parts.watch.look(tx, account_id, visit)
            if not tx.logins.advance(login, account_id=account_id, events=events, signals=signals):
                raise Expired(detail="two steps of one login at once")
            if tried:
                self._parts.limits.right(tx, tried)
        moved = replace(login, account_id=account_id, events=events, signals=signals)
        self._parts.devices.keep(moved, visit)
        return self._go_on(replace(moved, version=login.version + 1), visit)

    def _go_on(self, login: Login, visit: Visit) -> Step:
        if not login.events:
            return self._first_page(login, visit, login.requirement.login_hint)
        planned = self._parts.guide.plan(login)
        if isinstance(planned, Choice):
            upgrade = self._parts.guide.upgrade(login)
            return Choose(planned.offers, planned.optional, upgrade=upgrade)
        if refused := self._parts.guide.refused(login):
            raise NotAllowed(refused, detail=f"not enough, and no more to be had; {login.signals}")
        return self._finish(login, visit)

    def _first_page(self, login: Login, visit: Visit, hint: str) -> First:
        fixed = login.account_id is not None
        name = self._parts.wallets.subject(login.account_id).username if login.account_id else hint
        guide, puzzle = self._parts.guide, self._parts.limits.asked(visit)
        return First(name, fixed, guide.usernameless, puzzle=puzzle, named=bool(guide.first))

    def _other_way(self, login: Login, visit: Visit, signal: Ask | None) -> Step:
        step = self._go_on(login, visit)
        if isinstance(step, First | Choose):
            return replace(step, error=REFUSED, status=401, signal=signal)
        return step

    def _wrong(self, login: Login, visit: Visit, *, first: bool = False) -> None:
        self._parts.limits.wrong(visit.source, first=first)
        most = self._parts.failures_per_login
        with self._parts.store.write() as tx:
            ended = tx.logins.failed(login) >= most and tx.logins.close(login)
        if ended:
            raise TooMany(START_AGAIN, detail="too many wrong answers in one login")

    def _finish(self, login: Login, visit: Visit) -> Step:
        with self._parts.store.write() as tx:
            tx.accounts.hold(login.account_id or "")
            if not tx.logins.finish(login) or login.account_id is None:
                raise Expired(detail="finished before, or a proof was taken back meanwhile")
            self._parts.wallets.wake(tx, login.account_id, login.events)
            self._parts.watch.finished(tx, login, login.account_id, visit)
            seen, who = Seen(visit.device, visit.source), login.account_id
            cookie = self._parts.sessions.start(tx, visit.session, who, login.events, seen)
        return Finished(LEAVING if self._parts.guide.leaves(login) else login.return_to, cookie)
