"""Once means once: each of these is one atomic statement, whoever else asks at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    Insert = postgresql.Insert | sqlite.Insert


def insert(dialect: str, table: Table) -> Insert:
    """Begin an INSERT that knows ON CONFLICT, in the words of this kind of database."""
    # Each dialect costs a web worker megabytes: only the one in use is imported.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415

    return sqlite.insert(table)


def add(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False where a unique key already exists."""
    statement = insert(connection.dialect.name, table).values(values).on_conflict_do_nothing()
    return connection.execute(statement.returning(*table.primary_key)).first() is not None


def take(connection: Connection, table: Table, *where: ColumnElement[bool]) -> Row[Any] | None:
    """Delete the row and return what it was; None for all callers but one."""
    statement = table.delete().where(*where).returning(*table.c)
    return connection.execute(statement).one_or_none()


def change(
    connection: Connection, table: Table, values: Mapping[Any, Any], *where: ColumnElement[bool]
) -> Row[Any] | None:
    """Update the row that still fulfils the conditions and return it; None where none does."""
    statement = table.update().where(*where).values(values).returning(*table.c)
    return connection.execute(statement).one_or_none()
