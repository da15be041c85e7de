"""Values that may come once: the jti of a proof, and that of a token for one message."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing


class Spent:
    """Remembers values in a file of SQLite that all workers share; one statement spends one."""

    def __init__(self, path: str, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self.now = now
        with closing(self._connect()) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS spent (value TEXT PRIMARY KEY, until REAL NOT NULL)"
            )

    def spend(self, value: str, until: float) -> bool:
        """Spend a value that means nothing after `until`; True for the first who comes."""
        with closing(self._connect()) as connection, connection:
            connection.execute("DELETE FROM spent WHERE until < ?", (self.now(),))
            added = connection.execute("INSERT OR IGNORE INTO spent VALUES (?, ?)", (value, until))
            return added.rowcount == 1

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5)
