"""Who runs the house."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from store.models.base import Instant, metadata

operators = Table(
    "operators",
    metadata,
    Column(
        "account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("role", String(16), nullable=False),
    Column("granted_by", String(64), nullable=False),
    Column("granted_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

setups = Table(
    "setups",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""The one link by which the first admin comes in; a new one takes the place of the old."""
