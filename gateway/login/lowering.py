"""Taking a proof back from whoever is logged in by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts.assurance import AuthEvent
from gateway import policy
from store import Login, Session, Transaction
from store.events import POLICY, Event


def take_back(
    tx: Transaction, account_id: str, proof: AuthEvent, now: datetime, fresh: timedelta
) -> None:
    """Let a proof count no more in the sessions of a person; whoever they let in is told.

    What a session is from then on is worked out anew at the next request.
    """
    for session in tx.sessions.list(account_id):
        kept = without(session.events, proof)
        if kept != session.events and tx.sessions.lower(session, kept):
            _tell(tx, session, kept, now, fresh)


def take_back_from(tx: Transaction, login: Login | None, proof: AuthEvent) -> None:
    """Let a proof count no more in a login that is under way."""
    if login is not None and proof in login.events:
        kept = without(login.events, proof)
        tx.logins.advance(login, account_id=login.account_id, events=kept, signals=login.signals)


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
