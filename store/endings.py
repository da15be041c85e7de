"""The end of a session: one place, whatever ends it, in one transaction with all that follows.

Its grants are revoked, so that none of its tokens is good from that moment on; logins that carry
its proofs on are over; it is noted as an event; and every client that it let in and that wants to
hear of it is told by a message in the outbox (Back-Channel Logout 1.0).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from store import once
from store.clients import Client, Clients
from store.events import Event, Events
from store.grants import Grants
from store.logins import Logins
from store.models import accounts, grants
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
        ended = Sessions(self._work).end(sid)
        Grants(self._work).revoke_session(sid)
        Logins(self._work).end_all(account_id)
        if ended:
            self._tell(account_id, [sid])

    def account(self, account_id: str, but: str = "") -> None:
        """End every session of an account, and what is left of those that ended by themselves.

        The session `but` goes on, with what it let in. A login that is just being finished is
        waited for, and its session ends too.
        """
        mine = accounts.c.id == account_id
        once.change(self._work.connection, accounts, {"id": account_id}, mine)
        ended = Sessions(self._work).end_all(account_id, but)
        left = Grants(self._work).revoke_account(account_id, but)
        Logins(self._work).end_all(account_id)
        self._tell(account_id, {*ended, *left})

    def let_in(self, sid: str) -> Sequence[Client]:
        """Return the clients that a session let in, by name."""
        return Clients(self._work).among(select(grants.c.client_id).where(grants.c.sid == sid))

    def _tell(self, account_id: str, sids: Collection[str]) -> None:
        """Note the end of each session, with the clients that it let in, and tell these."""
        ended = grants.c.sid.in_(sorted(sids))
        of = (grants.c.client_id, grants.c.account_id, grants.c.sid)
        held = self._work.connection.execute(select(*of).where(ended).distinct()).all()
        for sid in sorted(sids):
            let_in = {row.client_id for row in held if row.sid == sid}
            Events(self._work).happened(
                Event.SESSION_ENDED, account_id, clients=let_in, session=sid
            )
        if held:
            self._log_out(held, Clients(self._work).among(select(grants.c.client_id).where(ended)))

    def _log_out(self, held: Sequence[Row[Any, Any, Any]], clients: Sequence[Client]) -> None:
        """Write a message to each client with a back channel."""
        hearing = {client.id for client in clients if client.metadata.backchannel_logout_uri}
        for row in held:
            if row.client_id in hearing:
                Outbox(self._work).put(LOGOUT, dict(row._mapping), LIFETIME)
