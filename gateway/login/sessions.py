"""Browser sessions: found by their cookie, renamed whenever they gain a proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.assurance import AuthEvent, Requirement
from gateway import policy
from store import Session, Store, Transaction
from store.events import Event
from store.sessions import Seen


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts, unused, and a login; how long `aal3` does, and unused."""

    session: timedelta
    idle: timedelta
    login: timedelta
    aal3: timedelta
    aal3_idle: timedelta


class Sessions:
    """Finds, starts and ends the sessions of browsers."""

    def __init__(self, store: Store, lifetimes: Lifetimes) -> None:
        self._store = store
        self._lifetimes = lifetimes

    def find(self, cookie: str) -> Session | None:
        """Return the live session of a cookie."""
        with self._store.read() as tx:
            return self._found(tx, cookie)

    def leaving(self, cookie: str) -> Session | None:
        """Return the live session of a cookie, of a person who is to be erased."""
        return None if self.find(cookie) else self._any(cookie)

    def start(
        self,
        tx: Transaction,
        cookie: str,
        account_id: str,
        events: Iterable[AuthEvent],
        seen: Seen,
    ) -> str:
        """Return a new cookie: for the same person's session with these proofs, or a new one.

        In the transaction that ends the login: between the two all sessions could be ended.
        """
        session = self._found(tx, cookie, leaving=True)
        if session and session.account_id == account_id:
            proven = newest((*session.events, *events))
            renamed = tx.sessions.rotate(session, proven, seen)
            if renamed:
                _note_level(tx, session, proven)
                return renamed
        if session and session.account_id != account_id:
            tx.endings.session(session.sid, session.account_id)
        return tx.sessions.open(account_id, newest(events), self._lifetimes.session, seen)[0]

    def log_in(
        self, cookie: str, browser: str, requirement: Requirement, return_to: str, cancel_to: str
    ) -> str:
        """Open a login for this browser; proofs of its session that still count are kept."""
        with self._store.write() as tx:
            if session := self._found(tx, cookie):
                tx.accounts.hold(session.account_id)
                session = self._found(tx, cookie)
            handle = tx.logins.open(
                browser, requirement, return_to, cancel_to, self._lifetimes.login
            )
            login = tx.logins.find(handle, browser)
            if session and login:
                kept = counted(session.events, requirement)
                tx.logins.advance(login, account_id=session.account_id, events=kept)
        return handle

    def end(self, cookie: str) -> None:
        """End the session of a cookie with all that hangs on it."""
        session = self._any(cookie)
        if session:
            with self._store.write() as tx:
                tx.endings.session(session.sid, session.account_id)

    def _any(self, cookie: str) -> Session | None:
        """Return the live session of a cookie, whether or not its person is to be erased."""
        with self._store.read() as tx:
            return self._found(tx, cookie, leaving=True)

    def _found(self, tx: Transaction, cookie: str, *, leaving: bool = False) -> Session | None:
        if not cookie:
            return None
        return tx.sessions.find(cookie, self._lifetimes.idle, self._standing, leaving=leaving)

    def _standing(self, session: Session, now: datetime) -> tuple[AuthEvent, ...]:
        """Let attested proofs count as such for as long as aal3 lasts (SP 800-63B-4, 2.3.3)."""
        idle = now - session.last_used_at >= self._lifetimes.aal3_idle
        return tuple(
            _plain(event) if idle or now - event.at >= self._lifetimes.aal3 else event
            for event in session.events
        )


def _note_level(tx: Transaction, session: Session, proven: Iterable[AuthEvent]) -> None:
    """Note that a session has come to be more, or less, than the clients it let in were told."""
    before, now = policy.level(session.events), policy.level((*proven,))
    previous, current = policy.label(before), policy.label(now)
    if previous == current:
        return
    tx.events.happened(
        Event.ASSURANCE_CHANGED,
        session.account_id,
        clients=[client.id for client in tx.endings.let_in(session.sid)],
        session=session.sid,
        previous=previous,
        current=current,
        direction="increase" if now.rank > before.rank else "decrease",
    )


def _plain(event: AuthEvent) -> AuthEvent:
    return replace(event, proof=replace(event.proof, attested=False))


def newest(events: Iterable[AuthEvent]) -> tuple[AuthEvent, ...]:
    """Keep the newest proof of each factor."""
    kept = {event.factor: event for event in sorted(events, key=lambda event: event.at)}
    return tuple(kept.values())


def counted(events: Iterable[AuthEvent], requirement: Requirement) -> tuple[AuthEvent, ...]:
    """Keep the proofs that are not too old for a requirement.

    Where it asks for proofs that are new, a remembered device is none.
    """
    since = requirement.not_before
    if since is None:
        return tuple(events)
    return tuple(event for event in policy.anew(events) if event.at >= since)
