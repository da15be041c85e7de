"""Looking at a login: is it unusual, what is written down of it, and whom is it told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from contracts.clock import Clock
from contracts.text import Text
from gateway import policy
from gateway.limits import strain
from gateway.limits.strain import Bounds
from gateway.login import signals
from gateway.login.signals import Signal
from gateway.login.steps import Visit
from gateway.notices import Notice, Notices
from gateway.places import TRAVELLED, Places, impossible
from store import Login, Transaction
from store.events import POLICY, Event

FINISHED = "login.finished"
SUBJECT = Text("A login from a new device")
TOLD = Text(
    "Somebody logged in to your account at %(service)s with a browser that was not used for it "
    "before.\n\n%(when)s · %(device)s · %(address)s\n\n"
    "If it was you, there is nothing to do. If it was not, log in, change your password and end "
    "all sessions: %(account)s"
)


class Watch:
    """Finds what is unusual after the first proof, and keeps it with the login."""

    def __init__(
        self,
        clock: Clock,
        bounds: Bounds,
        notices: Notices,
        places: Places,
        *,
        service: str,
        issuer: str,
    ) -> None:
        self._clock = clock
        self._bounds = bounds
        self._notices = notices
        self._places = places
        self._service = service
        self._account = f"{issuer}/account"

    def look(self, tx: Transaction, account_id: str, visit: Visit) -> tuple[str, ...]:
        """Return what is unusual about this account being logged in to by this visitor.

        Whoever wants to hear of what is suspicious is told.
        """
        found = tuple(self._found(tx, account_id, visit))
        if found:
            signals = " ".join(found)
            tx.events.happened(Event.SUSPICIOUS, account_id, by=POLICY, signals=signals)
        return found

    def finished(self, tx: Transaction, login: Login, account_id: str, visit: Visit) -> None:
        """Write a login down with what it was judged by, and tell its owner of a new device."""
        detail = {"device": visit.device, **_judged(login)}
        tx.audit.add(FINISHED, account_id=account_id, source=visit.source, detail=detail)
        tx.known_browsers.remember(account_id, visit.browser)
        if Signal.NEW_DEVICE in (login.signals or ()):
            self._notices.tell(tx, account_id, self._notice())
        else:
            _hear(tx, account_id, visit.language)

    def _found(self, tx: Transaction, account_id: str, visit: Visit) -> Iterator[Signal]:
        known = tx.known_browsers.look(account_id, visit.browser)
        if known.any and not known.this:
            yield Signal.NEW_DEVICE
        if self._travelled(tx, account_id, visit):
            yield Signal.TRAVEL
        if self._bounds.enabled and strain.read(tx, visit.source).spray(self._bounds):
            yield Signal.SPRAY

    def _travelled(self, tx: Transaction, account_id: str, visit: Visit) -> bool:
        here = self._places.find(visit.source)
        if here is None:
            return False
        now = self._clock.now()
        last = tx.audit.last(FINISHED, account_id, now - TRAVELLED)
        there = self._places.find(last.source) if last else None
        return bool(last and there and impossible(there, here, now - last.at))

    def _notice(self) -> Notice:
        values = {"service": self._service, "account": self._account}
        return Notice(SUBJECT, replace(TOLD, values=values))


def _hear(tx: Transaction, account_id: str, language: str) -> None:
    """Note which language a person speaks, as browsers say it that they have used before."""
    account = tx.accounts.get(account_id)
    if account and language and account.language != language:
        tx.accounts.speaks(account_id, language)


def _judged(login: Login) -> Mapping[str, Any]:
    """Explain what was asked of an unusual login, and what it came to."""
    if not login.signals:
        return {}
    reached = str(policy.level(login.events))
    return {
        "signals": list(login.signals),
        "wanted": str(signals.wanted(login.signals)),
        "reached": reached,
    }
