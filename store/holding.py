"""Looking for words within texts: in either case, as far as both kinds of database know it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, or_
from sqlalchemy.sql import func
from sqlalchemy.sql.schema import Column


def holds(words: str, connection: Connection, *columns: Column[str]) -> ColumnElement[bool]:
    """Tell whether one of these columns holds the words; of A to Z alone either case counts.

    PostgreSQL folds the letters of every language at ten times the cost, SQLite of none but these.
    """
    plain = "BINARY" if connection.dialect.name == "sqlite" else "C"
    folded = words.translate(_FOLDED)
    return or_(
        *(func.lower(column.collate(plain)).contains(folded, autoescape=True) for column in columns)
    )


_FOLDED = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
