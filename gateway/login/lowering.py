"""Taking a proof back from whoever is logged in by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from contracts.assurance import AuthEvent
from gateway import policy
from store import Login, Session, Transaction
from store.events import POLICY, Event

Held = TypeVar("Held", Login, Session)


def take_back(
    tx: Transaction, account_id: str, proof: AuthEvent, now: datetime, fresh: timedelta
) -> None:
    """Let a proof count no more for a person; whoever their sessions let in is told.

    What a session is from then on is worked out anew at the next request. The account is held: what
    is under way by the proof either was written, and is found here, or finds it gone.
    """
    tx.accounts.hold(account_id)
    while held := _holding(tx.logins.under_way(account_id), proof):
        for login in held:
            kept = without(login.events, proof)
            tx.logins.advance(login, account_id=account_id, events=kept, signals=login.signals)
    while proven := _holding(tx.sessions.list(account_id), proof):
        for session in proven:
            kept = without(session.events, proof)
            if tx.sessions.lower(session, kept):
                _tell(tx, session, kept, now, fresh)


def _holding(each: Iterable[Held], proof: AuthEvent) -> list[Held]:
    """Return what holds a proof; read again where another wrote meanwhile, until nothing does."""
    return [one for one in each if without(one.events, proof) != one.events]


def without(events: Sequence[AuthEvent], proof: AuthEvent) -> tuple[AuthEvent, ...]:
    """Leave a proof out; it is known by its factor and its moment."""
    return tuple(e for e in events if (e.factor, e.at) != (proof.factor, proof.at))


def _tell(
    tx: Transaction, session: Session, kept: Sequence[AuthEvent], now: datetime, fresh: timedelta
) -> None:
    before, after = (policy.reach(each, now, fresh) for each in (session.events, kept))
    previous, current = policy.label(before), policy.label(after)
    if previous == current:
        return
    tx.events.happened(
        Event.ASSURANCE_CHANGED,
        session.account_id,
        by=POLICY,
        clients=[client.id for client in tx.endings.let_in(session.sid)],
        session=session.sid,
        previous=previous,
        current=current,
        direction="decrease",
    )
