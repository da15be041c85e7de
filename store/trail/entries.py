"""The entries as they are stored, a page at a time, for whoever looks whether they are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, Select, Text, cast, func, select, tuple_, type_coerce

from store.keystore import pseudonym
from store.models import accounts, audit
from store.work import Work

PAGE = 1000

Place = tuple[str, int]
FIRST: Place = ("", 0)

_STORED: Select[Any] = select(
    *(column for column in audit.c if column.name not in {"at", "facts"}),
    type_coerce(audit.c.at, BigInteger).label("at"),
    cast(audit.c.facts, Text).label("facts"),
)
"""Entries as they lie there: what is no time or no JSON any more is named all the same."""


class Entries:
    """Reads what the hashes cover; unseals nothing."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def count(self) -> int:
        """Return how many there are."""
        return self._work.connection.execute(select(func.count()).select_from(audit)).scalar_one()

    def more_than(self, most: int) -> bool:
        """Tell whether there are more than so many, counting no further."""
        query = select(audit.c.id).offset(most).limit(1)
        return self._work.connection.execute(query).first() is not None

    def by_chain(self, after: Place) -> Sequence[Row[Any]]:
        """Return some, chain by chain, after this place."""
        place = tuple_(audit.c.writer, audit.c.seq)
        query = _STORED.where(place > tuple_(*after)).order_by(audit.c.writer, audit.c.seq)
        return self._work.connection.execute(query.limit(PAGE)).all()

    def by_checkpoint(self, after: tuple[int, int]) -> Sequence[Row[Any]]:
        """Return some that are signed, by checkpoint and id, after this one."""
        place = tuple_(audit.c.checkpoint, audit.c.id)
        query = _STORED.where(audit.c.checkpoint.is_not(None), place > tuple_(*after))
        ordered = query.order_by(audit.c.checkpoint, audit.c.id)
        return self._work.connection.execute(ordered.limit(PAGE)).all()

    def parted(self, after: str) -> tuple[Sequence[str], str | None]:
        """Return which of some accounts are not those of their entries, and where to go on after.

        There is nothing more after None.
        """
        query = select(accounts.c.id, accounts.c.pseudonym).where(accounts.c.id > after)
        rows = self._work.connection.execute(query.order_by(accounts.c.id).limit(PAGE)).all()
        vault, last = self._work.vault, rows[-1].id if rows else None
        return [row.id for row in rows if row.pseudonym != pseudonym(vault, row.id)], last

    def shortened(self) -> Mapping[str, int]:
        """Return the chains whose beginning is not there, and which entry is their first."""
        first = func.min(audit.c.seq)
        query = select(audit.c.writer, first.label("first")).group_by(audit.c.writer)
        rows = self._work.connection.execute(query.having(first > 1))
        return {row.writer: row.first for row in rows}
