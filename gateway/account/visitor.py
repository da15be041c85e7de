"""The person behind this browser, as far as they have proven it."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, redirect

from contracts.assurance import Assurance, Requirement
from contracts.clock import Clock
from enrollment.service import Enroller
from gateway import policy
from gateway.browser import Browser
from gateway.login.authentication import Authentication
from gateway.login.wallets import Wallets

HOME = "/account"
ANY = Requirement(required_acr="aal1")


class BrowserVisitor:
    """Knows who is logged in, and asks them to log in again before they change anything."""

    def __init__(
        self,
        browser: Browser,
        authentication: Authentication,
        wallets: Wallets,
        clock: Clock,
        *,
        fresh: timedelta,
    ) -> None:
        self._browser = browser
        self._authentication = authentication
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

    def logged_in(self) -> Assurance:
        """Return who is logged in, or send them to log in."""
        return self.present() or self._send(ANY)

    def enroller(self) -> Enroller:
        """Return who is logged in as highly as their account can, and freshly."""
        account_id = self.logged_in().subject
        best = Requirement(
            required_acr=self._highest(account_id), not_before=self._clock.now() - self._fresh
        )
        proven = self._authentication.current(best)
        if proven is None or not policy.satisfies(proven.acr, best.required_acr):
            proven = self._send(best)
        return Enroller(proven.subject, proven.sid, "browser")

    def _highest(self, account_id: str) -> str:
        return policy.label(self._wallets.of(account_id).best()) or "aal1"

    def _send(self, requirement: Requirement) -> Assurance:
        abort(redirect(self._authentication.begin(requirement, HOME, "/"), 303))
