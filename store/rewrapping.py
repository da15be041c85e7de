"""Seals anew what older key-encryption keys hold, so that these can go; online, and begun again.

What subjects' keys seal stays as it is: it is those keys that are wrapped anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Row, Table, func, select

from contracts.errors import Tampered
from store import models
from store.cipher import VERSION_BYTES, Vault
from store.db import Database
from store.store import Store

BATCH = 200
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column that the vault seals: the place of each row is `context|` and what `named` says."""

    column: Column[bytes]
    named: Column[str]
    context: str

    @property
    def table(self) -> Table:
        """The table of the column."""
        return self.column.table


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many values were sealed anew, and how many nobody can read."""

    rewrapped: int
    unreadable: int


def _by_key(table: Table, column: str, context: str = "") -> Sealed:
    [key] = table.primary_key
    return Sealed(table.c[column], key, context or table.name)


MAIN = (
    _by_key(models.signing_keys, "private"),
    _by_key(models.outbox, "payload"),
    _by_key(models.ceremonies, "secret"),
    _by_key(models.signups, "state"),
    _by_key(models.interactions, "request", "interaction"),
    _by_key(models.pushed_requests, "request", "pushed_request"),
    _by_key(models.device_codes, "request", "device code"),
    _by_key(models.backchannel_requests, "request", "backchannel request"),
    _by_key(models.recoveries, "stop_code"),
    _by_key(models.recovery_walks, "state"),
    _by_key(models.voice_notes, "state"),
    _by_key(models.webhooks, "secret"),
    _by_key(models.streams, "authorization"),
    _by_key(models.erasure_proofs, "farewell"),
    Sealed(models.stream_events.c.payload, models.stream_events.c.jti, "stream_events"),
)
KEYSTORE = (_by_key(models.subject_keys, "wrapped"),)


class Rewrapping:
    """Goes through both databases."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._work = [(store.keystore.database, KEYSTORE), (store.database, MAIN)]

    def run(self, report: Report) -> Rewrapped:
        """Seal all of it anew. What another process writes meanwhile is left to a second run."""
        done = unreadable = 0
        for database, sealed in self._each():
            pass_ = _Pass(database, self._store.vault, sealed)
            for moved, failed in pass_.run(report):
                done, unreadable = done + moved, unreadable + failed
        if not self.left():
            self._forget()
        with self._store.write() as tx:
            tx.audit.add("keys.rewrapped", detail={"values": done, "unreadable": unreadable})
        return Rewrapped(done, unreadable)

    def left(self) -> int:
        """Count what older keys seal."""
        return sum(_Pass(each, self._store.vault, sealed).left() for each, sealed in self._each())

    def _each(self) -> Iterator[tuple[Database, Sealed]]:
        for database, columns in self._work:
            for sealed in columns:
                yield database, sealed

    def _forget(self) -> None:
        """Ask for the older keys no more: a key file without them is the right one too."""
        kept = self._store.vault.needed()
        with self._store.database.write() as connection:
            connection.execute(models.checks.delete().where(models.checks.c.name.not_in(kept)))


class _Pass:
    """One column, a batch at a time, each in a transaction of its own."""

    def __init__(self, database: Database, vault: Vault, sealed: Sealed) -> None:
        self._database = database
        self._vault = vault
        self._sealed = sealed

    def left(self) -> int:
        """Count what older keys seal."""
        query = select(func.count()).select_from(self._sealed.table).where(self._older())
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def run(self, report: Report) -> Iterator[tuple[int, int]]:
        """Yield how many of each batch were sealed anew, and how many could not be."""
        label, total, seen, after = self._sealed.table.name, self.left(), 0, ""
        report(label, 0, total)
        while rows := self._batch(after):
            after, seen = rows[-1].named, seen + len(rows)
            yield self._anew(rows)
            report(label, min(seen, total), total)

    def _older(self) -> ColumnElement[bool]:
        head = func.substr(self._sealed.column, 1, VERSION_BYTES)
        return self._sealed.column.is_not(None) & (head != self._vault.version)

    def _batch(self, after: str) -> Sequence[Row[str, bytes]]:
        named, column = self._sealed.named, self._sealed.column
        query = select(named.label("named"), column.label("value")).where(self._older())
        page = query.where(named > after).order_by(named).limit(BATCH)
        with self._database.read() as connection:
            return connection.execute(page).all()

    def _anew(self, rows: Sequence[Row[str, bytes]]) -> tuple[int, int]:
        moved = failed = 0
        named, column = self._sealed.named, self._sealed.column
        with self._database.write() as connection:
            for row in rows:
                try:
                    value = self._vault.reseal(f"{self._sealed.context}|{row.named}", row.value)
                except Tampered:
                    failed += 1
                    continue
                same = (named == row.named) & (column == row.value)
                update = self._sealed.table.update().where(same).values({column.name: value})
                moved += connection.execute(update).rowcount
        return moved, failed
