"""The person behind this browser, as far as they have proven it."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

from flask import abort, redirect

from contracts.assurance import Assurance, Requirement
from contracts.clock import Clock
from enrollment.service import Enroller
from gateway import policy
from gateway.browser import Browser
from gateway.login.authentication import Authentication
from gateway.login.sessions import Sessions
from gateway.login.steps import LEAVING
from gateway.login.wallets import Wallets
from store import Session

HOME = "/account"
ANY = Requirement(required_acr="aal1")


class BrowserVisitor:
    """Knows who is logged in, and asks them to log in again before they change anything."""

    def __init__(
        self,
        browser: Browser,
        authentication: Authentication,
        sessions: Sessions,
        wallets: Wallets,
        clock: Clock,
        *,
        fresh: timedelta,
    ) -> None:
        self._browser = browser
        self._authentication = authentication
        self._sessions = sessions
        self._wallets = wallets
        self._clock = clock
        self._fresh = fresh

    @property
    def enrolment(self) -> str:
        """Cookie of an enrolment that a ticket opened, or empty."""
        return self._browser.enrolment

    @enrolment.setter
    def enrolment(self, value: str) -> None:
        self._browser.enrolment = value

    def present(self) -> Assurance | None:
        """Return who is logged in, at whatever level."""
        return self._authentication.current(ANY)

    def logged_in(self, back: str = HOME) -> Assurance:
        """Return who is logged in, or send them to log in and then `back`."""
        return self.present() or self._send(ANY, back)

    def enroller(self, back: str = HOME) -> Enroller:
        """Return who is logged in as highly as their account can, and freshly.

        Whoever is not goes on at `back` once they are.
        """
        best = self._best(self.logged_in(back).subject)
        proven = self._proven(best) or self._send(best, back)
        return Enroller(proven.subject, proven.sid, "browser")

    def leaver(self) -> Session:
        """Return the session of a person who is to be erased; send others to their account."""
        return self._sessions.leaving(self._browser.session) or abort(redirect(HOME, 303))

    def forget(self) -> None:
        """Take the session's cookie from this browser."""
        self._browser.session = ""

    def upgrading(self) -> bool:
        """Whether a password let in somebody who could add a factor at once."""
        present = self.logged_in()
        return "pwd" in present.amr and self._proven(self._best(present.subject)) is not None

    def _best(self, account_id: str) -> Requirement:
        least = self._wallets.least(account_id)
        return Requirement(required_acr=least, not_before=self._clock.now() - self._fresh)

    def _proven(self, best: Requirement) -> Assurance | None:
        proven = self._authentication.current(best)
        return proven if proven and policy.satisfies(proven.acr, best.required_acr) else None

    def _send(self, requirement: Requirement, back: str) -> NoReturn:
        if self._sessions.leaving(self._browser.session):
            abort(redirect(LEAVING, 303))
        abort(redirect(self._authentication.begin(requirement, back, "/"), 303))
