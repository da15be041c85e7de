"""What a person may do with their own account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.errors import Expired, NotAllowed
from contracts.text import Text
from enrollment.outcomes import Change, Happened
from store import Store, Transaction
from store.consents import Consent

LAST = Text("This is your last way to log in. Add another one before you remove it.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is logged in, and the applications that this let in."""

    sid: str
    created_at: datetime
    last_used_at: datetime
    let_in: Sequence[str]


class AccountService:
    """Removes factors, ends sessions, takes consents back."""

    def __init__(self, store: Store, changed: Callable[[Transaction, Change], None]) -> None:
        """Take what hears of each change of a factor as `changed`."""
        self._store = store
        self._changed = changed

    def places(self, account_id: str) -> Sequence[Place]:
        """Return where the person is logged in."""
        with self._store.read() as tx:
            return [
                Place(
                    session.sid,
                    session.created_at,
                    session.last_used_at,
                    [client.name for client in tx.endings.let_in(session.sid)],
                )
                for session in tx.sessions.list(account_id)
            ]

    def consents(self, account_id: str) -> Sequence[Consent]:
        """Return what the person lets applications have."""
        with self._store.read() as tx:
            return tx.consents.list(account_id)

    def remove(self, account_id: str, credential_id: str) -> None:
        """Remove one factor, never the last. Raises NotAllowed or Expired."""
        with self._store.write() as tx:
            held = {credential.id: credential for credential in tx.credentials.list(account_id)}
            if len(held) < 2:
                raise NotAllowed(LAST)
            if credential_id not in held:
                raise Expired(detail="no such credential of this account")
            gone = held[credential_id]
            # Told first: what is removed may be the address that has to hear of it.
            self._changed(tx, Change(account_id, gone.factor, Happened.REMOVED, gone.label))
            tx.credentials.remove(credential_id, account_id)
            tx.audit.add(
                "credential.removed", account_id=account_id, detail={"credential": credential_id}
            )

    def withdraw(self, account_id: str, client_id: str) -> None:
        """Take a consent back, and with it whatever the application holds because of it."""
        with self._store.write() as tx:
            tx.consents.withdraw(account_id, client_id)
            tx.grants.revoke_client(account_id, client_id)
            tx.audit.add("consent.withdrawn", account_id=account_id, client_id=client_id)

    def end_session(self, account_id: str, sid: str) -> None:
        """End one session of the person. Raises Expired where they have no such session."""
        with self._store.write() as tx:
            if sid not in {session.sid for session in tx.sessions.list(account_id)}:
                raise Expired(detail="no such session of this account")
            tx.endings.session(sid, account_id)
            tx.audit.add("session.ended", account_id=account_id)

    def end_sessions(self, account_id: str) -> None:
        """End every session, what the sessions granted and every login under way."""
        with self._store.write() as tx:
            tx.endings.account(account_id)
            tx.audit.add("sessions.ended", account_id=account_id)
