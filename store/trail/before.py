"""Entries that were written before there were chains: moved into one, the oldest first.

Chaining needs keys, so the migrations only put them aside. A batch is one transaction: a move that
was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import JSON, Column, Integer, MetaData, Row, String, Table, inspect, select

from store.keystore import pseudonym
from store.migrate import lock
from store.models import Instant, accounts, audit
from store.schema import BEFORE
from store.trail import personal
from store.work import Work

BATCH = 500

Write = Callable[[], AbstractContextManager[Work]]

_before = Table(
    BEFORE,
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("event", String),
    Column("account_id", String),
    Column("client_id", String),
    Column("source", String),
    Column("detail", JSON),
)


def move(write: Write) -> None:
    """Move all there is; give every account its pseudonym first."""
    while _in_one(write, _name_some):
        pass
    while _in_one(write, _move_some):
        pass


def _in_one(write: Write, step: Callable[[Work], bool]) -> bool:
    with write() as work:
        lock(work.connection)
        return step(work)


def _name_some(work: Work) -> bool:
    nameless = select(accounts.c.id).where(accounts.c.pseudonym.is_(None)).limit(BATCH)
    ids = work.connection.scalars(nameless).all()
    for account_id in ids:
        values = {"pseudonym": pseudonym(work.vault, account_id)}
        mine = accounts.c.id == account_id
        work.connection.execute(accounts.update().where(mine).values(values))
    return bool(ids)


def _move_some(work: Work) -> bool:
    """Move a batch; the table goes with the last."""
    if not inspect(work.connection).has_table(BEFORE):
        return False
    rows = work.connection.execute(select(_before).order_by(_before.c.id).limit(BATCH)).all()
    for row, erased in zip(rows, _erased(work, rows), strict=True):
        work.connection.execute(audit.insert(), work.chain.link(_entry(work, row, erased)))
    if rows:
        moved = _before.c.id <= rows[-1].id
        work.connection.execute(_before.delete().where(moved))
    else:
        _before.drop(work.connection)
    return bool(rows)


def _erased(work: Work, rows: Sequence[Row[Any]]) -> list[bool]:
    """Tell of each whether it is about somebody who is erased: then it names a pseudonym."""
    ids = {row.account_id for row in rows if row.account_id}
    query = select(accounts.c.id).where(accounts.c.id.in_(ids))
    known = {*work.connection.scalars(query)}
    return [bool(row.account_id) and row.account_id not in known for row in rows]


def _entry(work: Work, row: Row[Any], erased: bool) -> dict[str, Any]:
    where = (*work.chain.place(), row.event)
    said = {"source": row.source, "detail": row.detail}
    content = {} if erased else {name: value for name, value in said.items() if value}
    subject = row.account_id
    if subject and not erased:
        subject = pseudonym(work.vault, subject)
    return {
        "at": row.at,
        "event": row.event,
        "subject": subject,
        "actor": None,
        "client_id": row.client_id,
        "personal": personal.seal(work, row.account_id or personal.NOBODY, content, where),
        "acted": None,
        "facts": None,
    }
