"""The people who run the house, each with one role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from store import once
from store.models import accounts, operators
from store.work import Work


@dataclass(frozen=True, slots=True)
class Operator:
    """A person with a role; `version` is that of the row, for whoever changes it."""

    account_id: str
    username: str
    role: str
    granted_by: str
    granted_at: datetime
    version: int
    active: bool


class Operators:
    """Grants roles and takes them away."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, account_id: str) -> Operator | None:
        """Return the role of a person, if they have one."""
        query = _WHOLE.where(operators.c.account_id == account_id)
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else _operator(row)

    def list(self) -> Sequence[Operator]:
        """Return everybody who has a role, by username."""
        rows = self._work.connection.execute(_WHOLE.order_by(accounts.c.username))
        return [_operator(row) for row in rows]

    def of(self, role: str) -> Sequence[Operator]:
        """Return everybody who has this role, by username."""
        query = _WHOLE.where(operators.c.role == role).order_by(accounts.c.username)
        return [_operator(row) for row in self._work.connection.execute(query)]

    def hold(self, role: str) -> None:
        """Let nobody else do this to the same role until the transaction ends.

        In one order, so that no two wait for each other. SQLite lets one write at a time anyhow.
        """
        query = select(operators.c.account_id).where(operators.c.role == role)
        locked = query.order_by(operators.c.account_id).with_for_update()
        self._work.connection.execute(locked).all()

    def grant(self, account_id: str, role: str, by: str) -> bool:
        """Give a role to somebody who has none; False where they have one."""
        row = {"account_id": account_id, "role": role, "granted_by": by, "version": 1}
        row["granted_at"] = self._work.now()
        return once.add(self._work.connection, operators, row)

    def change(self, account_id: str, role: str, by: str, version: int) -> bool:
        """Give another role; False where somebody changed it first."""
        values = {
            "role": role,
            "granted_by": by,
            "granted_at": self._work.now(),
            "version": version + 1,
        }
        return self._changed(account_id, version, values)

    def withdraw(self, account_id: str, version: int) -> bool:
        """Take the role away; False where somebody changed it first."""
        mine = operators.c.account_id == account_id
        current = operators.c.version == version
        return once.take(self._work.connection, operators, mine, current) is not None

    def _changed(self, account_id: str, version: int, values: dict[str, Any]) -> bool:
        mine = operators.c.account_id == account_id
        current = operators.c.version == version
        return once.change(self._work.connection, operators, values, mine, current) is not None


_WHOLE = select(
    operators,
    accounts.c.username,
    (accounts.c.disabled_at.is_(None) & accounts.c.erase_at.is_(None)).label("active"),
).join_from(operators, accounts)


def _operator(row: Row[Any]) -> Operator:
    return Operator(**{**row._mapping, "active": bool(row.active)})
