"""What admins have set."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Integer, String, Table

from store.models.base import Instant, metadata

policies = Table(
    "policies",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("settings", JSON, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", Instant, nullable=False),
)
"""One row for each change, and never another: the newest holds."""
