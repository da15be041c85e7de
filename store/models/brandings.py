"""How a client, or the house, looks to people."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, String, Table

from store.models.base import ClientId, metadata

brandings = Table(
    "brandings",
    metadata,
    Column("id", ClientId, primary_key=True),
    Column("client_id", ClientId, ForeignKey("clients.id", ondelete="CASCADE"), index=True),
    Column("name", String(64), nullable=False),
    Column("colours", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("logo", LargeBinary),
    Column("logo_type", String(16), nullable=False),
    Column("logo_mark", String(16), nullable=False),
    Column("version", Integer, nullable=False),
)
"""`id` is the client's, and empty for the house, which is no client and has no `client_id`."""
