"""Copies of an embedded database, made while it runs, and put back."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from contracts.errors import BadRequest, Misconfigured, Tampered
from contracts.text import Text
from store.cipher import Vault
from store.keystore import context
from store.schema import KEYSTORE, Schema

PAGES = 1000
"""Copied at a time; between two of these others may write."""
WAIT_SECONDS = 30

Report = Callable[[int, int], None]

SERVER = Text("Only the embedded database is copied here: use pg_dump and pg_restore.")
EXISTS = "The file %(path)s exists already: it is not written over."
FOREIGN = "The file %(path)s is no whole copy of such a database."
OTHER_KEYS = "The key file does not belong to the copy %(path)s: give the right one."


def make(url: str, file: Path, report: Report) -> None:
    """Copy a database to a new file, for its owner alone; it appears when it is whole.

    Raises BadRequest for another kind of database, and where the file exists.
    """
    if file.exists():
        raise BadRequest(Text(EXISTS, {"path": str(file)}))
    draft = file.with_name(f".{file.name}.part")
    with _replaced(draft), closing(_opened(_path(url))) as source:
        with closing(sqlite3.connect(draft)) as target:
            source.backup(target, pages=PAGES, progress=_told(report))
            target.execute("PRAGMA journal_mode = DELETE")
        os.link(draft, file)


def restore(file: Path, url: str, schema: Schema, vault: Vault, report: Report) -> None:
    """Put a copy in the place of what a database holds now: all of it or nothing.

    Raises BadRequest where the file is not whole, a copy of something else, or sealed with keys
    that the vault has not.
    """
    database = _path(url)
    with closing(_opened(file)) as source:
        _check(source, file, schema)
        if not (_opens if schema is KEYSTORE else _knows)(source, vault):
            raise BadRequest(Text(OTHER_KEYS, {"path": str(file)}))
        with closing(sqlite3.connect(database, timeout=WAIT_SECONDS)) as target:
            source.backup(target, progress=_told(report))


@contextmanager
def _replaced(draft: Path) -> Iterator[None]:
    """Make a file that nobody else reads, and take it away again."""
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield
    finally:
        draft.unlink(missing_ok=True)


def _opened(file: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=WAIT_SECONDS)
    except sqlite3.OperationalError as error:
        raise BadRequest(Text("The file %(path)s cannot be read.", {"path": str(file)})) from error


def _check(copy: sqlite3.Connection, file: Path, schema: Schema) -> None:
    try:
        [sound] = copy.execute("PRAGMA integrity_check").fetchone()
        [revision] = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.DatabaseError, TypeError) as error:
        raise BadRequest(Text(FOREIGN, {"path": str(file)})) from error
    if sound != "ok" or revision not in schema.revisions():
        raise BadRequest(Text(FOREIGN, {"path": str(file)}), detail=f"{sound} {revision}")


def _knows(copy: sqlite3.Connection, vault: Vault) -> bool:
    """Tell whether the keys that a copy of the database was used with are here."""
    noted = copy.execute("SELECT name, value FROM checks").fetchall()
    return set(noted) <= set(vault.checks().items())


def _opens(copy: sqlite3.Connection, vault: Vault) -> bool:
    """Tell whether what is in a copy of the keystore can be read."""
    for subject_id, wrapped in copy.execute("SELECT subject_id, wrapped FROM subject_keys LIMIT 1"):
        try:
            vault.unseal(context(subject_id), wrapped)
        except Tampered:
            return False
    return True


def _path(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Misconfigured(SERVER)
    return Path(parsed.database)


def _told(report: Report) -> Callable[[int, int, int], None]:
    return lambda _status, left, total: report(total - left, total)
