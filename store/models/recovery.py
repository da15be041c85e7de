"""People who come back after they have lost a way to log in."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, LargeBinary, String, Table

from store.models.base import Instant, account_column, metadata

recovery_walks = Table(
    "recovery_walks",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

recoveries = Table(
    "recoveries",
    metadata,
    Column("id", String(32), primary_key=True),
    account_column(),
    Column("live", String(32), unique=True),
    Column("state", String(16), nullable=False),
    Column("started_by", String(128), nullable=False),
    Column("approved_by", String(128), nullable=False),
    Column("proven", JSON, nullable=False),
    Column("claim_hash", String(64), nullable=False, unique=True),
    Column("stop_hash", String(64), nullable=False, unique=True),
    Column("stop_code", LargeBinary, nullable=False),
    Column("handle_hash", String(64), unique=True),
    Column("browser_hash", String(64)),
    Column("open_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("ready_at", Instant),
    Column("remind_at", Instant, index=True),
    Column("ends_at", Instant, nullable=False, index=True),
)
"""`live` is the account while a recovery of it is under way, so that there is one at a time."""
