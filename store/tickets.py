"""Tickets that an operator gives to a person, to enrol with once."""

from __future__ import annotations

from datetime import timedelta

from store import once
from store.handles import new_typed, typed
from store.models import is_active, tickets
from store.work import Work


class Tickets:
    """Keeps tickets under their keyed hash."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def issue(self, account_id: str, lifetime: timedelta) -> str:
        """Issue a ticket that a person can type."""
        ticket, now = new_typed(), self._work.now()
        row = {
            "ticket_hash": self._hash(ticket),
            "account_id": account_id,
            "created_at": now,
            "expires_at": now + lifetime,
        }
        self._work.connection.execute(tickets.insert(), row)
        return ticket

    def redeem(self, ticket: str) -> str | None:
        """Spend a ticket; return its account to one caller, None to all others."""
        row = once.take(
            self._work.connection,
            tickets,
            tickets.c.ticket_hash == self._hash(ticket),
            tickets.c.expires_at > self._work.now(),
            is_active(tickets.c.account_id),
        )
        return None if row is None else str(row.account_id)

    def withdraw(self, account_id: str) -> None:
        """Take back the tickets of an account that nobody has redeemed."""
        mine = tickets.c.account_id == account_id
        self._work.connection.execute(tickets.delete().where(mine))

    def _hash(self, ticket: str) -> str:
        return self._work.vault.digest("ticket", typed(ticket))
