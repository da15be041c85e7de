"""The people, what they enrolled, and how they log in."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    UniqueConstraint,
    select,
)

from store.models.base import Instant, account_column, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("username", String(255), nullable=False, unique=True),
    Column("email", String(320), index=True),
    Column("language", String(16)),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
    Column("erase_at", Instant, index=True),
    Column("pseudonym", String(32), index=True, unique=True),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", String(32), primary_key=True),
    account_column(),
    Column("factor", String(32), nullable=False),
    Column("format", String(64), nullable=False),
    Column("label", String(128), nullable=False),
    Column("unique_hash", String(64)),
    Column("address_hash", String(64), index=True),
    Column("template", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("virtual", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("last_used_from", String(64)),
    Column("disabled_at", Instant),
    Column("expires_at", Instant, index=True),
    UniqueConstraint("factor", "unique_hash"),
    CheckConstraint("version > 0", name="version"),
)

ceremonies = Table(
    "ceremonies",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    account_column(nullable=True),
    Column("owner_hash", String(64), nullable=False),
    Column("factor", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("credential_id", String(32)),
    Column("secret", LargeBinary, nullable=False),
    Column("step", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

logins = Table(
    "logins",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    account_column(nullable=True),
    Column("requirement", JSON, nullable=False),
    Column("return_to", String(2048), nullable=False),
    Column("cancel_to", String(2048), nullable=False),
    Column("events", JSON, nullable=False),
    Column("signals", JSON),
    Column("failures", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("sid", String(32), nullable=False, unique=True),
    account_column(),
    Column("agent", String(256)),
    Column("source", String(64)),
    Column("events", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

tickets = Table(
    "tickets",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),
    account_column(),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("redeemed_at", Instant),
)

stations = Table(
    "stations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("pairing_hash", String(64)),
    Column("pairing_expires_at", Instant),
    Column("public_key", JSON),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant),
    Column("revoked_at", Instant),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    account_column(),
    Column("station_id", String(32), ForeignKey("stations.id", ondelete="CASCADE")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)


_people = accounts.alias("people")


def is_active(account_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell of the id of an account whether anything is done for it.

    Asked of that one account: SQLite would gather every other that it might be in a list.
    """
    return _whose(account_id).where(_people.c.erase_at.is_(None)).exists()


def is_admitted(account_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell of the id of an account whether it may log in, if only to be kept from being erased."""
    return _whose(account_id).exists()


def _whose(account_id: ColumnElement[str]) -> Select[tuple[str]]:
    return select(_people.c.id).where(_people.c.id == account_id, _people.c.disabled_at.is_(None))
