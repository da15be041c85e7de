"""What happened, for the operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from store.models import audit
from store.work import Work

SOURCE_LENGTH = 64

_ADD = audit.insert()


@dataclass(frozen=True, slots=True)
class Record:
    """One event: who, through which client, from where; `detail` holds no secret."""

    id: int
    at: datetime
    event: str
    account_id: str | None
    client_id: str | None
    source: str
    detail: dict[str, Any]


class Audit:
    """Appends to the trail and reads it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(
        self,
        event: str,
        *,
        account_id: str | None = None,
        client_id: str | None = None,
        source: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Append an event."""
        row = {
            "at": self._work.now(),
            "event": event,
            "account_id": account_id,
            "client_id": client_id,
            "source": source[:SOURCE_LENGTH],
            "detail": dict(detail or {}),
        }
        self._work.connection.execute(_ADD, row)

    def last(self, event: str, account_id: str, since: datetime) -> Record | None:
        """Return the newest event of this name about an account, if there is one since then."""
        mine = select(audit).where(
            audit.c.account_id == account_id, audit.c.event == event, audit.c.at >= since
        )
        row = self._work.connection.execute(mine.order_by(audit.c.id.desc()).limit(1)).first()
        return Record(**row._mapping) if row else None

    def of(
        self, account_id: str, events: Iterable[str], limit: int, before: int | None = None
    ) -> Sequence[Record]:
        """Return an account's last events of these kinds, the newest first, older than an id."""
        query = select(audit).where(audit.c.account_id == account_id, audit.c.event.in_([*events]))
        older = query if before is None else query.where(audit.c.id < before)
        rows = self._work.connection.execute(older.order_by(audit.c.id.desc()).limit(limit))
        return [Record(**row._mapping) for row in rows]

    def subjects(self, event: str) -> Sequence[str]:
        """Return to whom an event happened."""
        query = select(audit.c.account_id).where(audit.c.event == event)
        return [each for each in self._work.connection.scalars(query) if each is not None]

    def forget(self, account_id: str, pseudonym: str) -> None:
        """Keep that things happened, and drop to whom, from where and how."""
        nobody = {"account_id": pseudonym, "source": "", "detail": {}}
        mine = audit.c.account_id == account_id
        self._work.connection.execute(audit.update().where(mine).values(nobody))

    def list(self, limit: int) -> Sequence[Record]:
        """Return the last events, the newest first."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        return [Record(**row._mapping) for row in self._work.connection.execute(query)]
