"""What keeps the house running."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from store.models.base import ClientId, Instant, Number, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("free_at", Instant),
    Column("resets_at", Instant, nullable=False, index=True),
)

once = Table(
    "once",
    metadata,
    Column("value_hash", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("event", String(64), nullable=False),
    Column("subject", String(32), index=True),
    Column("actor", String(64)),
    Column("client_id", ClientId),
    Column("personal", LargeBinary),
    Column("acted", LargeBinary),
    Column("facts", JSON(none_as_null=True)),
    Column("writer", String(16), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("checkpoint", Integer, index=True),
    UniqueConstraint("writer", "seq"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("signed", Text, nullable=False),
)

checks = Table(
    "checks",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)
