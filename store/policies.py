"""What admins have set, each change a version of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from store import once
from store.models import accounts, clients, credentials, is_active, policies
from store.work import Work


@dataclass(frozen=True, slots=True)
class Policy:
    """What overrules the environment from then on; `username`, where an account has set it."""

    version: int
    settings: dict[str, Any]
    changed_by: str
    changed_at: datetime
    username: str | None


class Policies:
    """Keeps every version of the policy."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def version(self) -> int:
        """Return the newest version, 0 where nobody has set anything."""
        return self._work.connection.scalar(_VERSION) or 0

    def newest(self) -> Policy | None:
        """Return what holds now."""
        return next(iter(self.list(1)), None)

    def list(self, limit: int, before: int | None = None) -> Sequence[Policy]:
        """Return the last versions, the newest first, older than one of them."""
        older = _WHOLE if before is None else _WHOLE.where(policies.c.version < before)
        rows = self._work.connection.execute(older.limit(limit))
        return [Policy(**row._mapping) for row in rows]

    def stranded(self, before: Collection[str], after: Collection[str]) -> int:
        """Count who has a usable credential of the one factors and none of the other."""
        query = select(func.count(accounts.c.id)).where(
            is_active(accounts.c.id), self._has(before), ~self._has(after)
        )
        return self._work.connection.scalar(query) or 0

    def needs(self) -> Sequence[str]:
        """Return each assurance that some client needs."""
        return self._work.connection.scalars(select(clients.c.require_acr).distinct()).all()

    def _has(self, factors: Collection[str]) -> ColumnElement[bool]:
        mine = credentials.c.account_id == accounts.c.id
        usable = credentials.c.disabled_at.is_(None) & credentials.c.factor.in_(sorted(factors))
        return select(credentials.c.id).where(mine, usable).exists()

    def change(self, settings: Mapping[str, Any], by: str, version: int) -> bool:
        """Set all that is set; False where somebody has set something since `version`."""
        if self.version() != version:
            return False
        row = {"version": version + 1, "settings": dict(settings)}
        row |= {"changed_by": by, "changed_at": self._work.now()}
        return once.add(self._work.connection, policies, row)


_VERSION = select(func.max(policies.c.version))
_WHOLE = (
    select(policies, accounts.c.username)
    .join_from(policies, accounts, accounts.c.id == policies.c.changed_by, isouter=True)
    .order_by(policies.c.version.desc())
)
