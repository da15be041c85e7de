"""What the OpenID Provider and our own pages may ask of logging in."""

from __future__ import annotations

from datetime import timedelta

from contracts.assurance import Assurance, Requirement
from contracts.clock import Clock
from gateway import policy
from gateway.browser import Browser
from gateway.login.sessions import Sessions, counted


class Authentication:
    """Reads this browser's session as a promise, and opens logins where it falls short."""

    def __init__(
        self,
        clock: Clock,
        browser: Browser,
        sessions: Sessions,
        *,
        fresh_biometric: timedelta,
    ) -> None:
        self._clock = clock
        self._browser = browser
        self._sessions = sessions
        self._fresh = fresh_biometric

    def current(self, requirement: Requirement) -> Assurance | None:
        """Return what this browser's session amounts to, old proofs left out."""
        session = self._sessions.find(self._browser.session)
        events = counted(session.events, requirement) if session else ()
        now = self._clock.now()
        reached = policy.reach(events, now, self._fresh)
        acr = policy.choose(reached, requirement.acr_values, requirement.required_acr)
        at = policy.auth_time(events, acr, now, self._fresh)
        if session is None or at is None:
            return None
        return Assurance(
            subject=session.account_id,
            acr=acr,
            amr=policy.amr(events, reached),
            auth_time=at,
            sid=session.sid,
        )

    def satisfies(self, reached: str, wanted: str) -> bool:
        """Whether one acr includes another."""
        return policy.satisfies(reached, wanted)

    def begin(self, requirement: Requirement, return_to: str, cancel_to: str) -> str:
        """Open a login for this browser and return its address."""
        handle = self._sessions.log_in(
            self._browser.session, self._browser.id, requirement, return_to, cancel_to
        )
        return f"/login/{handle}"

    def browser(self) -> str:
        """Return what binds this browser."""
        return self._browser.id

    def keep_browser(self) -> None:
        """Let what binds this browser outlive its windows."""
        self._browser.keep()

    def end(self) -> None:
        """End this browser's session."""
        self._sessions.end(self._browser.session)
        self._browser.session = ""
