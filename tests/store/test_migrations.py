"""Migrations up from empty and down again; no stored row is lost on the way."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from contracts.errors import Misconfigured
from store import Store
from store.db import Database
from store.keys_file import Keys
from store.migrate import downgrade, upgrade
from store.schema import KEYSTORE, MAIN, Schema
from tests.fakes.clock import FakeClock

SCHEMAS = pytest.mark.parametrize("schema", [MAIN, KEYSTORE], ids=["main", "keystore"])


@pytest.fixture
def empty(empty_urls: tuple[str, str]) -> Iterator[Database]:
    opened = Database(empty_urls[0])
    yield opened
    opened.dispose()


@pytest.fixture
def bare(empty_urls: tuple[str, str], keys: Keys, clock: FakeClock) -> Iterator[Store]:
    opened = Store(database_url=empty_urls[0], keystore_url=empty_urls[1], keys=keys, clock=clock)
    yield opened
    opened.close()


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


@SCHEMAS
def test_up_from_empty_and_down_to_empty(empty: Database, schema: Schema) -> None:
    upgrade(empty, schema)
    assert tables(empty) == set(schema.metadata.tables)
    downgrade(empty, schema)
    assert tables(empty) == set()
    upgrade(empty, schema)
    assert tables(empty) == set(schema.metadata.tables)


@SCHEMAS
def test_the_migrations_end_at_the_tables_of_the_code(empty: Database, schema: Schema) -> None:
    upgrade(empty, schema)
    with empty.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


@SCHEMAS
def test_revisions_are_named_after_their_files(schema: Schema) -> None:
    folder = schema.folder.replace("/", ".")
    assert schema.revisions()
    for name in schema.revisions():
        assert import_module(f"migrations.{folder}.{name}").revision == name


def test_each_revision_goes_up_and_down_alone(empty: Database) -> None:
    upgrade(empty, MAIN)
    for revision in reversed([*MAIN.revisions()[:-1], "base"]):
        downgrade(empty, MAIN, revision)
        upgrade(empty, MAIN)


def test_rows_survive_a_second_migration(bare: Store) -> None:
    bare.migrate()
    with bare.write() as tx:
        jane = tx.accounts.add("jane")
    bare.migrate()
    bare.check()
    with bare.read() as tx:
        assert tx.accounts.get(jane.id) == jane


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(bare: Store) -> None:
    """SQLite changes a table by dropping it, and a drop cascades where foreign keys are on."""
    bare.migrate()
    with bare.write() as tx:
        jane = tx.accounts.add("jane")
        ticket = tx.tickets.issue(jane.id, timedelta(days=1))
    with bare.database.reshape() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("accounts") as batch:
            batch.alter_column("email", type_=sa.String(400))
    with bare.write() as tx:
        assert tx.tickets.redeem(ticket) == jane.id
    if bare.database.is_sqlite:
        with bare.database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_older_database_is_refused(bare: Store) -> None:
    with pytest.raises(Misconfigured, match=r"Run: gatehouse migrate$"):
        bare.check()
    bare.migrate()
    downgrade(bare.database, MAIN, MAIN.revisions()[0])
    with pytest.raises(Misconfigured, match=r"Run: gatehouse migrate$"):
        bare.check()


def test_a_newer_database_is_refused_and_left_alone(bare: Store) -> None:
    bare.migrate()
    with bare.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(Misconfigured, match="newer than this program"):
        bare.check()
    with pytest.raises(Misconfigured, match="newer than this program"):
        bare.migrate()


def test_the_check_loads_no_alembic() -> None:
    """A web worker checks at its start and should not carry ten megabytes for it."""
    script = "import sys, store; print('alembic' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert answer.stdout == b"False\n"


def test_sqlite_is_new_enough() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35), "RETURNING came with SQLite 3.35"
