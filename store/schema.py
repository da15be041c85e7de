"""Which schema a database has, and which it must have. Knows no Alembic: workers start faster."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from sqlalchemy import Connection, MetaData, inspect, text

from contracts.errors import Misconfigured
from contracts.text import Text
from store.models import keystore_metadata, metadata


@dataclass(frozen=True, slots=True)
class Schema:
    """A line of migrations: its folder under `migrations`, and the tables it ends at."""

    folder: str
    metadata: MetaData

    def revisions(self) -> list[str]:
        """Return the revisions this code knows, oldest first; each is the name of its file."""
        names = (entry.name for entry in files("migrations").joinpath(self.folder).iterdir())
        return sorted(name.removesuffix(".py") for name in names if name[0].isdigit())


BEFORE = "audit_before"
"""Entries of the trail that the migrations put aside, because chaining them needs keys."""

MAIN = Schema("versions/main", metadata)
KEYSTORE = Schema("versions/keystore", keystore_metadata)


def check_current(connection: Connection, schema: Schema) -> None:
    """Raise Misconfigured where the database is older or newer than this code."""
    found = check_known(connection, schema)
    unmoved = inspect(connection).has_table(BEFORE)
    if found != schema.revisions()[-1] or unmoved:
        raise Misconfigured(Text("The database is older than this program. Run: gatehouse migrate"))


def check_known(connection: Connection, schema: Schema) -> str | None:
    """Return the database's revision, None where it is empty. Raises Misconfigured where newer."""
    found = _revision(connection)
    if found is not None and found not in schema.revisions():
        raise Misconfigured(
            Text("The database is newer than this program: install the newer Gatehouse.")
        )
    return found


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
