"""Who hears of what happened: webhooks of operators, and the streams of clients."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from store.models.base import Instant, client_column, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("url", String(2048), nullable=False),
    Column("events", JSON, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("last_at", Instant),
    Column("last_status", Integer),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "webhook_id",
        String(32),
        ForeignKey("webhooks.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("event_id", String(32), nullable=False),
    Column("type", String(64), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", Integer),
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

streams = Table(
    "streams",
    metadata,
    Column("id", String(32), primary_key=True),
    client_column(),
    Column("method", String(32), nullable=False),
    Column("endpoint_url", String(2048), nullable=False),
    Column("authorization", LargeBinary),
    Column("events_requested", JSON, nullable=False),
    Column("description", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("pushing_until", Instant),
    UniqueConstraint("client_id"),
)

stream_subjects = Table(
    "stream_subjects",
    metadata,
    Column("stream_id", String(32), ForeignKey("streams.id", ondelete="CASCADE"), primary_key=True),
    Column("subject_hash", String(64), primary_key=True),
)
"""Whom a receiver does not want to hear of: keyed hashes of what it calls them."""

stream_events = Table(
    "stream_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "stream_id",
        String(32),
        ForeignKey("streams.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("jti", String(32), nullable=False, unique=True),
    Column("payload", LargeBinary, nullable=False),
    Column("control", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""What a receiver has not yet taken; `control` goes out whatever the status of the stream."""
