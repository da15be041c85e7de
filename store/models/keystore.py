"""The tables of the keystore, a database of its own."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from store.models.base import keystore_metadata

subject_keys = Table(
    "subject_keys",
    keystore_metadata,
    Column("subject_id", String(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

erased = Table(
    "erased",
    keystore_metadata,
    Column("pseudonym", String(32), primary_key=True),
)

row_versions = Table(
    "row_versions",
    keystore_metadata,
    Column("credential_id", String(32), primary_key=True),
    Column("subject_id", String(32), nullable=False, index=True),
    Column("version", Integer, nullable=False),
)
