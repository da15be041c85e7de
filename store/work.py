"""What the repositories of one transaction share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from contracts.clock import Clock
from store.cipher import Vault
from store.db import Database
from store.keystore import Keystore, Noted
from store.trail.chains import Lent


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction's connection, its helpers, and what to do once it has ended well."""

    connection: Connection
    database: Database
    vault: Vault
    keystore: Keystore
    clock: Clock
    writing: bool
    chain: Lent
    noted: list[Noted] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)
    subject_keys: dict[str, bytes | None] = field(default_factory=dict, repr=False)

    @contextmanager
    def latest(self) -> Iterator[Connection]:
        """Give a connection that sees all commits: a read of SQLite stands at its beginning."""
        if self.writing or not self.database.is_sqlite:
            yield self.connection
        else:
            with self.database.read() as connection:
                yield connection

    def note(self, noted: Noted) -> None:
        """Tell the keystore after the commit: told before, a rollback would lock a person out."""
        if not self.noted:
            self.after.append(lambda: self.keystore.note(self.noted))
        self.noted.append(noted)

    def now(self) -> datetime:
        """Return the current instant."""
        return self.clock.now()
