"""What people agreed to, and that they are forgotten."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text

from store.models.base import Instant, account_column, metadata

biometric_consents = Table(
    "biometric_consents",
    metadata,
    Column("id", String(32), primary_key=True),
    account_column(),
    Column("factor", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("given_by", String(128), nullable=False),
    Column("withdrawn_at", Instant),
)

erasure_proofs = Table(
    "erasure_proofs",
    metadata,
    Column("pseudonym", String(32), primary_key=True),
    Column("asked_at", Instant, nullable=False),
    Column("farewell", LargeBinary),
    Column("erased_at", Instant, index=True),
    Column("proof", Text),
)
"""Refers to no account: it is what is left of one."""
