"""The end of a session: one place, whatever ends it, in one transaction with all that follows.

Its grants are revoked, so that none of its tokens is good from that moment on; logins that carry
its proofs on are over; and every client that it let in and that wants to hear of it is told by a
message in the outbox (Back-Channel Logout 1.0).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from store.clients import Client, Clients
from store.grants import Grants
from store.logins import Logins
from store.models import grants, sessions
from store.outbox import Outbox
from store.sessions import Sessions
from store.work import Work

LOGOUT = "logout"
"""The kind of message that says that a session is over: `client_id`, `account_id`, `sid`."""
LIFETIME = timedelta(hours=1)
"""For how long a client that does not answer is told again."""


class Endings:
    """Ends sessions."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def session(self, sid: str, account_id: str) -> None:
        """End one session of an account."""
        self._tell(grants.c.sid == sid)
        Sessions(self._work).end(sid)
        Grants(self._work).revoke_session(sid)
        Logins(self._work).end_all(account_id)

    def account(self, account_id: str) -> None:
        """End every session of an account, and what is left of those that ended by themselves."""
        held = select(sessions.c.sid).where(sessions.c.account_id == account_id)
        live = and_(grants.c.account_id == account_id, grants.c.revoked_at.is_(None))
        self._tell(or_(grants.c.sid.in_(held), live))
        Sessions(self._work).end_all(account_id)
        Grants(self._work).revoke_account(account_id)
        Logins(self._work).end_all(account_id)

    def let_in(self, sid: str) -> Sequence[Client]:
        """Return the clients that a session let in, by name."""
        return Clients(self._work).among(select(grants.c.client_id).where(grants.c.sid == sid))

    def _tell(self, ended: ColumnElement[bool]) -> None:
        """Write a message to each client of these grants that has a back channel."""
        of = (grants.c.client_id, grants.c.account_id, grants.c.sid)
        held = self._work.connection.execute(select(*of).where(ended).distinct()).all()
        clients = Clients(self._work).among(select(grants.c.client_id).where(ended)) if held else ()
        hearing = {client.id for client in clients if client.metadata.backchannel_logout_uri}
        for row in held:
            if row.client_id in hearing:
                Outbox(self._work).put(LOGOUT, dict(row._mapping), LIFETIME)
