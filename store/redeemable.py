"""Codes and refresh tokens: redeemed once, and only while their grant is live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, bindparam, select

from store.models import Instant, live_grants
from store.work import Work


@dataclass(frozen=True, slots=True)
class Replayed:
    """A code or token came a second time: whoever holds this grant's family may be a thief."""

    grant_id: str


class Redeemable:
    """The statements of one table, composed once: they run while all other writers wait."""

    def __init__(self, table: Table, *whose: ColumnElement[bool]) -> None:
        """Redeem what belongs to a live grant of which these conditions hold."""
        (key,) = table.primary_key
        now = bindparam("now", type_=Instant)
        presented = key == bindparam("hash")
        unspent = table.c.redeemed_at.is_(None)
        live = table.c.grant_id.in_(live_grants(now).where(*whose))
        self.usable = (presented, unspent, table.c.expires_at > now, live)
        spend = table.update().where(*self.usable)
        self._spend = spend.values(redeemed_at=now).returning(*table.c)
        self._spent = select(table.c.grant_id).where(presented, ~unspent)

    def redeem(self, work: Work, hashed: str) -> Row[Any] | Replayed | None:
        """Spend: the row for one caller, Replayed for the others, None where it never counted."""
        row = self.spend(work, hashed)
        return self.replayed(work, hashed) if row is None else row

    def spend(self, work: Work, hashed: str, **whose: str | None) -> Row[Any] | None:
        """Spend: the row for one caller, None for the others."""
        values = {"hash": hashed, "now": work.now(), **whose}
        return work.connection.execute(self._spend, values).one_or_none()

    def replayed(self, work: Work, hashed: str) -> Replayed | None:
        """Tell of one that cannot be spent whether it once was."""
        grant_id = work.connection.execute(self._spent, {"hash": hashed}).scalar_one_or_none()
        return None if grant_id is None else Replayed(grant_id)
