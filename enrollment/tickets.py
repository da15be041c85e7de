"""One-time tickets: an operator hands one to a person, who may then enrol without logging in."""

from __future__ import annotations

from datetime import timedelta

from contracts.errors import BadRequest, Expired, NotAllowed
from contracts.text import Text
from store import Store

UNKNOWN = Text("This ticket is not valid, or not any more. Check it, or ask for a new one.")
KIOSK_ONLY = Text(
    "This account is already set up, so the ticket is for the kiosk. "
    "To change how you log in, log in to your account."
)


class Tickets:
    """Issues and redeems tickets."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self, username: str, lifetime: timedelta) -> str:
        """Make a ticket for one account, easy to type. Raises BadRequest where there is none."""
        with self._store.write() as tx:
            account = tx.accounts.find(username)
            if account is None or not account.active:
                raise BadRequest(Text("There is no active account %(name)s.", {"name": username}))
            tx.audit.add("ticket.issued", account_id=account.id)
            return tx.tickets.issue(account.id, lifetime)

    def redeem(self, ticket: str, station_id: str | None, lifetime: timedelta) -> str:
        """Spend a ticket; return the handle of the enrolment it opens for `lifetime`.

        In a browser a ticket opens only an account that has nothing yet: it is an invitation,
        never a way around the factors somebody has. Raises NotAllowed there, the ticket unspent,
        and Expired for an unknown, spent or old ticket and for a disabled account alike.
        """
        with self._store.write() as tx:
            account_id = tx.tickets.redeem(ticket)
            if account_id is None:
                raise Expired(UNKNOWN, detail="no such ticket")
            if station_id is None and tx.credentials.list(account_id):
                raise NotAllowed(KIOSK_ONLY)
            tx.audit.add("ticket.redeemed", account_id=account_id, source=station_id or "browser")
            return tx.enrolments.open(account_id, station_id, lifetime)
