"""What logins are measured by."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from store.models.base import Instant, account_column, metadata

known_browsers = Table(
    "known_browsers",
    metadata,
    Column("browser_hash", String(64), primary_key=True),
    account_column(),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
