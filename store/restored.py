"""What a backup brought back that must not count again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from store import models
from store.keystore import Noted
from store.statuses import Statuses
from store.work import Work

ONCE = (
    *(models.sessions, models.grants, models.logins, models.ceremonies, models.interactions),
    *(models.pushed_requests, models.device_codes, models.backchannel_requests, models.tickets),
    *(models.enrolments, models.signups, models.recoveries, models.recovery_walks),
    *(models.initial_access_tokens, models.outbox, models.setups, models.stream_events),
    *(models.voice_notes, models.voice_calls),
)
"""What may have been spent, ended or sent since: all of it goes, codes and tokens with grants."""


class Held(NamedTuple):
    """A credential, of which factor, and its version in the database."""

    row: Noted
    factor: str


class Restored:
    """Reads and clears a database that came out of a backup."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def forget_what_counts_once(self) -> int:
        """Delete every step under way, session and token; return how many rows these were.

        Backends that look at status lists hear of it as they do of every end.
        """
        of = models.grants.c
        listed: Select[Any] = select(of.status_list, of.status_index, of.expires_at)
        ended = listed.where(of.status_list.is_not(None))
        Statuses(self._work).end(self._work.connection.execute(ended).all())
        return sum(self._work.connection.execute(table.delete()).rowcount for table in ONCE)

    def held(self, after: str, limit: int) -> Sequence[Held]:
        """Return some credentials by id, beginning after one."""
        of = models.credentials.c
        query = select(of.id, of.account_id, of.version, of.factor).where(of.id > after)
        rows = self._work.connection.execute(query.order_by(of.id).limit(limit))
        return [Held(Noted(row.id, row.account_id, row.version), row.factor) for row in rows]
