"""Which scopes a person lets a client have without being asked again."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, select

from store import once
from store.models import consents
from store.work import Work


class Consents:
    """Keeps consents."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self, account_id: str, client_id: str) -> set[str]:
        """Return the scopes given so far."""
        query = select(consents.c.scope).where(_of(account_id, client_id))
        return set((self._work.connection.execute(query).scalar_one_or_none() or "").split())

    def give(self, account_id: str, client_id: str, scopes: Iterable[str]) -> None:
        """Add scopes to those given."""
        scope = " ".join(sorted(self.find(account_id, client_id) | set(scopes)))
        statement = once.insert(self._work.connection, consents).values(
            account_id=account_id, client_id=client_id, scope=scope, created_at=self._work.now()
        )
        self._work.connection.execute(
            statement.on_conflict_do_update(
                index_elements=[consents.c.account_id, consents.c.client_id],
                set_={"scope": scope},
            )
        )

    def withdraw(self, account_id: str, client_id: str) -> None:
        """Take every scope back."""
        self._work.connection.execute(consents.delete().where(_of(account_id, client_id)))


def _of(account_id: str, client_id: str) -> ColumnElement[bool]:
    return and_(consents.c.account_id == account_id, consents.c.client_id == client_id)
