"""Authorizations that a client polls for: RFC 8628, section 3.5; CIBA Core 1.0, section 11.

A row is pending until the person has decided; an approved one is redeemed by one statement, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Table, bindparam, select

from store.models import Instant, live_grants
from store.redeemable import Replayed
from store.work import Work

SLOWER = 5
"""Seconds by which every `slow_down` lengthens the interval (RFC 8628, section 3.5)."""


class Status(StrEnum):
    """How far an authorization is; `matched` is open still, in the hands of one browser."""

    PENDING = "pending"
    MATCHED = "matched"
    APPROVED = "approved"
    DENIED = "denied"
    REDEEMED = "redeemed"


OPEN = (Status.PENDING.value, Status.MATCHED.value)


class Unfinished(StrEnum):
    """Why there is nothing to redeem, in the words that the token endpoint answers with."""

    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    EXPIRED = "expired_token"
    DENIED = "access_denied"


@dataclass(frozen=True, slots=True)
class Approved:
    """The person has agreed; this poll, and no other, gets what they granted."""

    grant_id: str


Poll = Approved | Unfinished | Replayed | None
"""What a poll finds; None where there is nothing for this client."""


class Polled:
    """The statements of one table, composed once."""

    def __init__(self, table: Table) -> None:
        (key,) = table.primary_key
        now = bindparam("now", type_=Instant)
        mine = (key == bindparam("hash"), table.c.client_id == bindparam("client"))
        # Polls of one row take turns: each counts the pause since the one before it.
        self._look = select(table).where(*mine).with_for_update()
        spend = table.update().where(
            *mine,
            table.c.status == Status.APPROVED.value,
            table.c.expires_at > now,
            table.c.grant_id.in_(live_grants(now)),
        )
        self._spend = spend.values(status=Status.REDEEMED.value).returning(table.c.grant_id)
        note = table.update().where(key == bindparam("hash"))
        self._note = note.values(polled_at=now, interval=bindparam("pause"))

    def poll(self, work: Work, hashed: str, client_id: str) -> Poll:
        """Answer one poll of a client. Return what follows from a refusal, never raise it."""
        values = {"hash": hashed, "client": client_id}
        row = work.connection.execute(self._look, values).one_or_none()
        if row is None:
            return None
        if row.status == Status.REDEEMED:
            return Replayed(row.grant_id)
        if row.status == Status.DENIED:
            return Unfinished.DENIED
        if row.expires_at <= work.now():
            return Unfinished.EXPIRED
        return (
            self._pending(work, row, hashed) if row.status in OPEN else self._redeem(work, values)
        )

    def _redeem(self, work: Work, values: dict[str, str]) -> Poll:
        """Spend an approval; one whose session has ended since is worth nothing any more."""
        spend = {**values, "now": work.now()}
        grant_id = work.connection.execute(self._spend, spend).scalar_one_or_none()
        return Unfinished.DENIED if grant_id is None else Approved(grant_id)

    def _pending(self, work: Work, row: Row[Any], hashed: str) -> Unfinished:
        now = work.now()
        hasty = _hasty(row.polled_at, row.interval, now)
        pause = row.interval + SLOWER if hasty else row.interval
        work.connection.execute(self._note, {"hash": hashed, "now": now, "pause": pause})
        return Unfinished.SLOW_DOWN if hasty else Unfinished.PENDING


def _hasty(polled_at: datetime | None, interval: int, now: datetime) -> bool:
    return polled_at is not None and now < polled_at + timedelta(seconds=interval)
