"""What people said they would answer in a chat or a call, and what waits for that answer."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table

from store.models.base import Instant, account_column, client_column, metadata

voice_note_consents = Table(
    "voice_note_consents",
    metadata,
    Column("id", String(32), primary_key=True),
    account_column(),
    client_column(),
    Column("version", Integer, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
)

voice_notes = Table(
    "voice_notes",
    metadata,
    Column("transaction_hash", String(64), primary_key=True),
    account_column(),
    client_column(),
    Column(
        "login_hash",
        String(64),
        ForeignKey("logins.handle_hash", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""Goes with its login: what was said in a chat is worth nothing beside another."""

voice_calls = Table(
    "voice_calls",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    account_column(),
    client_column(),
    Column("transaction_hash", String(64), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""Outlives its login: who speaks is watched for as long as the call lasts."""
