"""What nobody has used for a long time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from store.models import accounts, audit, credentials, grants, operators, sessions
from store.work import Work

KEPT = "account.kept"
"""The event of an account that was to be erased, and was kept."""


class IdleCredential(NamedTuple):
    """A credential that nobody used."""

    id: str
    account_id: str
    factor: str
    label: str


class Idle:
    """Finds credentials and accounts that were not used since a moment."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def credentials(
        self, factors: Collection[str], since: datetime, limit: int
    ) -> Sequence[IdleCredential]:
        """Return some of these factors' credentials, held until the transaction ends."""
        columns = (credentials.c[name] for name in IdleCredential._fields)
        query = select(*columns).where(_unused(factors, since)).order_by(credentials.c.id)
        held = query.limit(limit).with_for_update(skip_locked=True)
        return [IdleCredential(*row) for row in self._work.connection.execute(held)]

    def count_credentials(self, factors: Collection[str], since: datetime) -> int:
        """Return how many credentials of these factors that is."""
        return self._count(select(credentials.c.id).where(_unused(factors, since)))

    def accounts(self, since: datetime, limit: int) -> Sequence[str]:
        """Return some of the accounts that nobody used: of people who may log in and run nothing.

        What an application still holds is a use. So is having been kept from being erased.
        """
        query = self._accounts(since).order_by(accounts.c.id).limit(limit)
        return self._work.connection.scalars(query).all()

    def count_accounts(self, since: datetime) -> int:
        """Return how many accounts that is."""
        return self._count(self._accounts(since))

    def _accounts(self, since: datetime) -> Select[Any]:
        mine, used, now = accounts.c.id, accounts.c.pseudonym, self._work.now()
        uses = (
            (credentials.c.account_id == mine) & (credentials.c.last_used_at > since),
            (credentials.c.account_id == mine) & (credentials.c.created_at > since),
            (sessions.c.account_id == mine) & (sessions.c.last_used_at > since),
            (grants.c.account_id == mine) & (grants.c.expires_at > now),
            operators.c.account_id == mine,
            (audit.c.subject == used) & (audit.c.event == KEPT) & (audit.c.at > since),
        )
        return select(mine).where(
            accounts.c.created_at <= since,
            accounts.c.erase_at.is_(None),
            accounts.c.disabled_at.is_(None),
            *(~exists().where(use) for use in uses),
        )

    def _count(self, query: Select[Any]) -> int:
        counted = select(func.count()).select_from(query.subquery())
        return self._work.connection.execute(counted).scalar_one()


def _unused(factors: Collection[str], since: datetime) -> ColumnElement[bool]:
    used_at = func.coalesce(credentials.c.last_used_at, credentials.c.created_at)
    return and_(credentials.c.factor.in_(factors), used_at <= since)
