"""Who stands at the admin pages: proven with a passkey, lately, and with a role."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from urllib.parse import urlencode

from flask import abort, redirect

from contracts.assurance import Assurance, Requirement
from contracts.clock import Clock
from contracts.errors import NotAllowed
from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.roles import ACR, LONGEST, Role
from gateway.browser import Browser
from gateway.callers import caller
from gateway.login.authentication import Authentication
from store import Store

ADMIN = "/admin"
ENTER = f"{ADMIN}/enter"
"""Where a login for these pages ends: there what it came to is looked at, once."""

IDLE = timedelta(minutes=15)
FARTHEST = 2048
"""Characters of an address that a login leads back to."""
NOTED = timedelta(minutes=1)

NO_ROLE = Text("These pages are for the people who run this service, and you have no role there.")
NO_PASSKEY = Text(
    "These pages open with a passkey alone, and you have shown none. Log in with your passkey. "
    "Where you have none, ask somebody who runs this service for a ticket to add one."
)


class Reception:
    """Lets operators in, and sends others to prove that they are some."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        browser: Browser,
        authentication: Authentication,
        *,
        fresh: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._browser = browser
        self._authentication = authentication
        self._fresh = fresh

    def admit(self, back: str = ADMIN) -> Actor:
        """Return who is here, or send them to log in and then `back`. Raises NotAllowed.

        The role is read anew each time: one that was withdrawn opens nothing any more.
        """
        present = self._proven(LONGEST)
        if present is None or not self._lately(present):
            self._send(IDLE, back)
        actor = self._actor(present.subject)
        self._note(present)
        return actor

    def admit_fresh(self, back: str) -> None:
        """Send whoever proved themselves too long ago for something dangerous to do so anew."""
        if self._proven(self._fresh) is None:
            self._send(self._fresh, back)

    def entered(self) -> None:
        """Look at what a login for these pages came to. Raises NotAllowed."""
        if self._proven(IDLE) is None:
            raise NotAllowed(NO_PASSKEY, detail="no passkey was shown")

    def _proven(self, within: timedelta) -> Assurance | None:
        since = self._clock.now() - within
        found = self._authentication.current(Requirement(required_acr=ACR, not_before=since))
        return found if found and self._authentication.satisfies(found.acr, ACR) else None

    def _actor(self, account_id: str) -> Actor:
        with self._store.read() as tx:
            operator = tx.operators.get(account_id)
        if operator is None or not operator.active:
            raise NotAllowed(NO_ROLE, detail="no role")
        return Actor(account_id, operator.username, Role(operator.role), caller().address)

    def _send(self, within: timedelta, back: str) -> NoReturn:
        """Let them log in; a missing passkey is not made on the way, or a password were enough."""
        since = self._clock.now() - within
        wanted = Requirement(required_acr=ACR, not_before=since, enrol=False)
        entering = f"{ENTER}?{urlencode({'to': back})}"
        begun = self._authentication.begin(
            wanted, entering if len(entering) <= FARTHEST else ENTER, "/account"
        )
        abort(redirect(begun, 303))

    def _lately(self, present: Assurance) -> bool:
        seen = max(present.auth_time, self._seen(present.sid))
        return self._clock.now() - seen <= IDLE

    def _seen(self, sid: str) -> datetime:
        """Return when this session was last at these pages, as its cookie says."""
        at, _, mac = self._browser.admin.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(sid, at).encode()):
            return datetime.min.replace(tzinfo=UTC)
        return datetime.fromtimestamp(int(at), UTC)

    def _note(self, present: Assurance) -> None:
        now = self._clock.now()
        if now - self._seen(present.sid) >= NOTED:
            at = str(int(now.timestamp()))
            self._browser.admin = f"{at}.{self._mac(present.sid, at)}"

    def _mac(self, sid: str, at: str) -> str:
        return self._store.vault.digest("admin-pages", f"{sid}.{at}")
