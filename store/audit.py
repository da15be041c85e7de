"""What happened, for the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    def list(self, limit: int) -> Sequence[Record]:
        """Return the last events, the newest first."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        return [Record(**row._mapping) for row in self._work.connection.execute(query)]
