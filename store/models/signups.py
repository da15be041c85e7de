"""People who are about to have an account."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from store.models.base import Instant, metadata

signups = Table(
    "signups",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
