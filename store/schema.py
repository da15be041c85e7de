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
    """A line of migrations: its folder under `migrations`, the tables, where its state is kept."""

    folder: str
    metadata: MetaData
    version_table: str

    def revisions(self) -> list[str]:
        """Return the revisions this code knows, oldest first; each is the name of its file."""
        names = (entry.name for entry in files("migrations").joinpath(self.folder).iterdir())
        return sorted(name.removesuffix(".py") for name in names if name[0].isdigit())


MAIN = Schema("versions/main", metadata, "alembic_version")
KEYSTORE = Schema("versions/keystore", keystore_metadata, "keystore_alembic_version")


def check_current(connection: Connection, schema: Schema) -> None:
    """Raise Misconfigured where the database is older or newer than this code."""
    known, found = schema.revisions(), revision(connection, schema)
    check_known(found, known)
    if found != known[-1]:
        raise Misconfigured(Text("The database is older than this program. Run: gatehouse migrate"))


def check_known(found: str | None, known: list[str]) -> None:
    """Raise Misconfigured where the database is newer than this code."""
    if found is not None and found not in known:
        raise Misconfigured(
            Text("The database is newer than this program: install the newer Gatehouse.")
        )


def revision(connection: Connection, schema: Schema) -> str | None:
    """Return the revision the database is at; None where it is empty."""
    if not inspect(connection).has_table(schema.version_table):
        return None
    query = text(f"SELECT version_num FROM {schema.version_table}")  # noqa: S608 - a constant
    return connection.execute(query).scalar_one_or_none()
