"""What a person may do with their own account."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.errors import Expired, NotAllowed
from contracts.text import Text
from store import Session, Store

LAST = Text("This is your last way to log in. Add another one before you remove it.")


class AccountService:
    """Removes factors and ends sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sessions(self, account_id: str) -> Sequence[Session]:
        """Return where the person is logged in."""
        with self._store.read() as tx:
            return tx.sessions.list(account_id)

    def remove(self, account_id: str, credential_id: str) -> None:
        """Remove one factor, never the last. Raises NotAllowed or Expired."""
        with self._store.write() as tx:
            held = [credential.id for credential in tx.credentials.list(account_id)]
            if len(held) < 2:
                raise NotAllowed(LAST)
            if credential_id not in held or not tx.credentials.remove(credential_id, account_id):
                raise Expired(detail="no such credential of this account")
            tx.audit.add(
                "credential.removed", account_id=account_id, detail={"credential": credential_id}
            )

    def end_sessions(self, account_id: str) -> None:
        """End every session, what the sessions granted and every login under way."""
        with self._store.write() as tx:
            tx.endings.account(account_id)
            tx.audit.add("sessions.ended", account_id=account_id)
