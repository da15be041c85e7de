"""Whom a client means: by a name it was told, or by a login it has heard of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from store.accounts import normalized
from store.models import accounts, grants, is_active
from store.work import Work

SECOND = timedelta(seconds=1)


class Hints:
    """Finds people who may log in; one statement each, whoever is found."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def named(self, hint: str) -> str | None:
        """Return the account of a username, or the only one of an e-mail address."""
        hint = hint if hint.isprintable() else ""
        name = normalized(hint)
        query = select(accounts.c.id, accounts.c.username).where(
            is_active(accounts.c.id),
            or_(accounts.c.username == name, accounts.c.email.in_({hint, hint.lower()})),
        )
        found = {row.username: str(row.id) for row in self._work.connection.execute(query)}
        only = next(iter(found.values())) if len(found) == 1 else None
        return found.get(name, only)

    def logged_in(self, at: datetime, client_id: str) -> Sequence[str]:
        """Return the accounts that a client heard of as having logged in in this second."""
        query = select(grants.c.account_id).where(
            grants.c.auth_time >= at,
            grants.c.auth_time < at + SECOND,
            grants.c.client_id == client_id,
            is_active(grants.c.account_id),
        )
        return self._work.connection.scalars(query.distinct()).all()

    def known(self, account_id: str) -> str | None:
        """Return the id of an account where there is one that may log in."""
        query = select(accounts.c.id).where(accounts.c.id == account_id, is_active(accounts.c.id))
        return self._work.connection.execute(query).scalar_one_or_none()
