"""Runs Alembic on a connection of ours, without a configuration file."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from store.db import Database
from store.models.backchannel import open_request
from store.schema import Schema, check_known

LOCK = 7_221_947


def upgrade(database: Database, schema: Schema) -> None:
    """Bring the tables to the newest revision; a second process waits and finds it done."""
    with database.reshape() as connection:
        lock(connection)
        check_known(connection, schema)
        command.upgrade(_config(connection, schema), "head")


def downgrade(database: Database, schema: Schema, target: str = "base") -> None:
    """Take the tables back to a revision; `base` is empty."""
    with database.reshape() as connection:
        lock(connection)
        command.downgrade(_config(connection, schema), target)


def lock(connection: Connection) -> None:
    """Have a second process wait until this transaction ends; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _config(connection: Connection, schema: Schema) -> Config:
    open_request()
    folder = str(files("migrations")).replace("%", "%%")
    config = Config()
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{folder}/{schema.folder}")
    config.attributes.update(connection=connection, metadata=schema.metadata)
    return config
