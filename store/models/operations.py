"""What keeps the house running."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, LargeBinary, String, Table

from store.models.base import ClientId, Instant, metadata

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
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("event", String(64), nullable=False),
    Column("account_id", String(32), index=True),
    Column("client_id", ClientId),
    Column("source", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
)

checks = Table(
    "checks",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)
