"""One engine for either database, and the rules of its transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    TimeoutError,
)

from contracts.errors import BadRequest, Conflict, Misconfigured, Unavailable
from contracts.text import Text
from store.turns import Turns

WAIT_SECONDS = 5
PRAGMAS = (
    f"busy_timeout = {WAIT_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",  # once means once, over a power loss too
    "foreign_keys = ON",
    "secure_delete = ON",
)

READ_COMMITTED = r"default_transaction_isolation=read\ committed"

Begin = Callable[[Connection], None]


class Database:
    """Reads and writes one database. A database that cannot answer raises Unavailable.

    SQLite lets one write at a time: threads queue for the one connection that writes, processes
    take turns. Reads have connections of their own and wait for nobody.
    """

    def __init__(self, url: str) -> None:
        self._url = _parsed(url)
        self._thread = threading.local()
        self._reader, self._writer = _engines(self._url)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self._writer.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that cannot write."""
        self._refuse_nesting()
        with _translated(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that commits at exit and rolls back when raised through."""
        with self._alone(), _translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reshape(self) -> Iterator[Connection]:
        """Open a write that may rebuild tables: SQLite would delete what refers to them."""
        engine = self._writer
        if self.is_sqlite:
            engine = _sqlite(self._url, _writing(self._url), "foreign_keys = OFF")
        try:
            with self._alone(), _translated(), engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def truncate_log(self) -> None:
        """Move SQLite's write-ahead log into the file and empty it, so that deleted means gone."""
        if self.is_sqlite:
            with _translated(), closing(self._writer.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Close every pooled connection."""
        self._reader.dispose()
        self._writer.dispose()

    def _refuse_nesting(self) -> None:
        """A write inside a write would wait for itself, a read inside it would see old rows."""
        if getattr(self._thread, "writing", False):
            raise RuntimeError("this thread already has a write transaction open: use that one")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._refuse_nesting()
        self._thread.writing = True
        try:
            yield
        finally:
            self._thread.writing = False


@contextmanager
def _translated() -> Iterator[None]:
    """Raise the errors of the house in place of the driver's."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(detail=str(error.orig)) from error
    except DataError as error:
        raise BadRequest(detail=str(error.orig)) from error
    except (OperationalError, InterfaceError, TimeoutError) as error:
        raise Unavailable(detail=str(error)) from error
    except DatabaseError as error:
        message = "The database is damaged or not ours: restore it, or correct its URL."
        raise Misconfigured(Text(message), detail=str(error)) from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _misconfigured("The database URL cannot be understood: correct it.") from error
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return parsed
    raise _misconfigured("The database URL must begin with sqlite:///FILE or postgresql://")


def _engines(url: URL) -> tuple[Engine, Engine]:
    """Return the engine that reads and the one that writes."""
    if url.get_backend_name() == "postgresql":
        # Each statement sees the newest commit in any case: one that reads needs no BEGIN.
        reader = _postgres(url, "default_transaction_read_only=on", isolation_level="AUTOCOMMIT")
        return reader, _postgres(url)
    _make_private(Path(str(url.database)))
    reader = _sqlite(url, _reading, "query_only = ON", max_overflow=-1)
    alone = {"pool_size": 1, "max_overflow": 0, "pool_timeout": WAIT_SECONDS}
    return reader, _sqlite(url, _writing(url), **alone)


def _sqlite(url: URL, begin: Begin, *pragmas: str, **pool: int) -> Engine:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late
        for pragma in (*PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    engine = create_engine(url, hide_parameters=True, **pool)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _writing(url: URL) -> Begin:
    turns = Turns(Path(str(url.database)), WAIT_SECONDS)

    def begin(connection: Connection) -> None:
        with turns.next():
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return begin


def _postgres(url: URL, *more: str, **options: str) -> Engine:
    settings = (*more, f"lock_timeout={WAIT_SECONDS}s", READ_COMMITTED)
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_timeout=WAIT_SECONDS,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": WAIT_SECONDS,
                "options": " ".join(f"-c {setting}" for setting in settings),
            },
            **options,
        )
    except ModuleNotFoundError as error:
        raise _misconfigured("PostgreSQL needs: pip install 'gatehouse[postgres]'") from error


def _make_private(file: Path) -> None:
    """Make the file with the owner's rights alone; SQLite gives its log the same."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        message = Text("The database file %(path)s cannot be written.", {"path": str(file)})
        raise Misconfigured(message) from error


def _misconfigured(message: str) -> Misconfigured:
    return Misconfigured(Text(message))
