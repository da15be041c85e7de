"""How clients come to be registered by themselves (RFC 7591, RFC 7592)."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from store.models.base import Instant, client_column, metadata

initial_access_tokens = Table(
    "initial_access_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("uses_left", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

registrations = Table(
    "registrations",
    metadata,
    client_column(primary_key=True),
    Column("token_hash", String(64)),
    Column("created_at", Instant, nullable=False),
    Column("refresh_at", Instant),
)
