"""Which scopes, and of which resources, a client may have without the person being asked again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select

from store import once
from store.models import clients, consents
from store.work import Work

LONGEST = 255
"""Characters of the scope that is remembered."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person lets one client have."""

    client_id: str
    client_name: str
    scope: str
    created_at: datetime


class Consents:
    """Keeps consents."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self, account_id: str, client_id: str) -> set[str]:
        """Return the scopes given so far."""
        return self._given(account_id, client_id)[0]

    def covers(
        self, account_id: str, client_id: str, scopes: Iterable[str], resources: Iterable[str]
    ) -> bool:
        """Tell whether all of it was given before, at each of the resources (RFC 8707)."""
        scope, at = self._given(account_id, client_id)
        wanted = set(scopes)
        return wanted <= scope and all(wanted <= at.get(uri, set()) for uri in resources)

    def list(self, account_id: str) -> Sequence[Consent]:
        """Return the consents of an account, by the clients' names."""
        of = (consents.c.client_id, clients.c.name, consents.c.scope, consents.c.created_at)
        joined = select(*of).join_from(consents, clients)
        query = joined.where(consents.c.account_id == account_id).order_by(clients.c.name)
        return [Consent(*row) for row in self._work.connection.execute(query)]

    def give(
        self,
        account_id: str,
        client_id: str,
        scopes: Iterable[str],
        resources: Iterable[str] = (),
    ) -> None:
        """Add scopes to those given, and to those given at each of the resources."""
        scope, at = self._given(account_id, client_id)
        new = set(scopes)
        at |= {uri: new | at.get(uri, set()) for uri in resources}
        given = {
            "scope": _joined(scope | new, new),
            "resource": {uri: " ".join(sorted(held)) for uri, held in at.items()},
        }
        statement = once.insert(self._work.connection.dialect.name, consents).values(
            account_id=account_id, client_id=client_id, created_at=self._work.now(), **given
        )
        self._work.connection.execute(
            statement.on_conflict_do_update(
                index_elements=[consents.c.account_id, consents.c.client_id], set_=given
            )
        )

    def withdraw(self, account_id: str, client_id: str) -> None:
        """Take every scope back."""
        self._work.connection.execute(consents.delete().where(_of(account_id, client_id)))

    def _given(self, account_id: str, client_id: str) -> tuple[set[str], dict[str, set[str]]]:
        query = select(consents.c.scope, consents.c.resource).where(_of(account_id, client_id))
        row = self._work.connection.execute(query).one_or_none()
        if row is None:
            return set(), {}
        at = {uri: set(held.split()) for uri, held in dict(row.resource).items()}
        return set(row.scope.split()), at


def _joined(scopes: set[str], new: set[str]) -> str:
    """Return what is remembered: the newest alone where all of it would not fit."""
    whole = " ".join(sorted(scopes))
    return whole if len(whole) <= LONGEST else " ".join(sorted(new))


def _of(account_id: str, client_id: str) -> ColumnElement[bool]:
    return and_(consents.c.account_id == account_id, consents.c.client_id == client_id)
