"""Services of the operator's that are told of what happens."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from store import once
from store.handles import new_id
from store.models import webhook_deliveries, webhooks
from store.work import Work

KEPT = timedelta(days=30)
"""How long it is known what became of a delivery."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address, and the types of events that go there; `version` is that of the row."""

    id: str
    url: str
    events: tuple[str, ...]
    secret: str = field(repr=False)
    active: bool
    version: int
    created_at: datetime
    created_by: str
    last_at: datetime | None = None
    last_status: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to deliver an event; no status, no answer."""

    event_id: str
    type: str
    attempt: int
    status: int | None


@dataclass(frozen=True, slots=True)
class Delivered(Attempt):
    """A try, and when it was."""

    id: int
    at: datetime


class Webhooks:
    """Keeps webhooks; what they are signed with is sealed."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, url: str, events: Collection[str], secret: str, by: str) -> Webhook:
        """Register a webhook."""
        row: dict[str, Any] = {
            "id": new_id(),
            "url": url,
            "events": sorted(events),
            "active": True,
            "version": 1,
            "created_at": self._work.now(),
            "created_by": by,
        }
        row["secret"] = self._work.vault.seal(_context(row["id"]), secret.encode())
        self._work.connection.execute(webhooks.insert(), row)
        return Webhook(**{**row, "events": tuple(row["events"]), "secret": secret})

    def get(self, webhook_id: str) -> Webhook | None:
        """Return a webhook."""
        query = select(webhooks).where(webhooks.c.id == webhook_id)
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else self._open(row)

    def count(self) -> int:
        """Return how many there are."""
        query = select(func.count()).select_from(webhooks)
        return self._work.connection.execute(query).scalar_one()

    def list(self, after: str = "", limit: int = 1000) -> Sequence[Webhook]:
        """Return webhooks by id, from the one after `after` on."""
        query = select(webhooks).where(webhooks.c.id > after).order_by(webhooks.c.id).limit(limit)
        return [self._open(row) for row in self._work.connection.execute(query)]

    def hearing(self, event: str) -> Sequence[str]:
        """Return the ids of those that are told of events of a type."""
        query = select(webhooks.c.id, webhooks.c.events).where(webhooks.c.active)
        rows = self._work.connection.execute(query.order_by(webhooks.c.created_at, webhooks.c.id))
        return [row.id for row in rows if event in row.events]

    def change(self, webhook_id: str, version: int, values: Mapping[str, Any]) -> bool:
        """Change some of `url`, `events`, `active`; False where somebody changed it first."""
        return self._changed(webhook_id, version, dict(values))

    def renew(self, webhook_id: str, version: int, secret: str) -> bool:
        """Give it another secret; False where somebody changed it first."""
        sealed = self._work.vault.seal(_context(webhook_id), secret.encode())
        return self._changed(webhook_id, version, {"secret": sealed})

    def switch_off(self, webhook_id: str) -> bool:
        """Tell it nothing more; True for one caller alone."""
        mine = webhooks.c.id == webhook_id, webhooks.c.active
        values = {"active": False, "version": webhooks.c.version + 1}
        return once.change(self._work.connection, webhooks, values, *mine) is not None

    def remove(self, webhook_id: str) -> bool:
        """Forget it, and what was delivered to it."""
        mine = webhooks.c.id == webhook_id
        return once.take(self._work.connection, webhooks, mine) is not None

    def tried(self, webhook_id: str, attempt: Attempt) -> None:
        """Note a try; nothing where the webhook is gone."""
        now, mine = self._work.now(), webhooks.c.id == webhook_id
        last = {"last_at": now, "last_status": attempt.status}
        if once.change(self._work.connection, webhooks, last, mine) is None:
            return
        told = {name: getattr(attempt, name) for name in Attempt.__dataclass_fields__}
        row = {"webhook_id": webhook_id, "at": now, "expires_at": now + KEPT, **told}
        self._work.connection.execute(webhook_deliveries.insert(), row)

    def deliveries(self, webhook_id: str, before: int | None, limit: int) -> Sequence[Delivered]:
        """Return the last tries, the newest first, older than an id."""
        deliveries = webhook_deliveries.c
        columns = [deliveries[name] for name in Delivered.__dataclass_fields__]
        query = select(*columns).where(deliveries.webhook_id == webhook_id)
        older = query if before is None else query.where(deliveries.id < before)
        rows = self._work.connection.execute(older.order_by(deliveries.id.desc()).limit(limit))
        return [Delivered(**row._mapping) for row in rows]

    def _changed(self, webhook_id: str, version: int, values: dict[str, Any]) -> bool:
        mine = webhooks.c.id == webhook_id, webhooks.c.version == version
        values["version"] = version + 1
        return once.change(self._work.connection, webhooks, values, *mine) is not None

    def _open(self, row: Row[Any]) -> Webhook:
        secret = self._work.vault.unseal(_context(row.id), row.secret).decode()
        return Webhook(**{**row._mapping, "events": tuple(row.events), "secret": secret})


def _context(webhook_id: str) -> str:
    return f"webhooks|{webhook_id}"
