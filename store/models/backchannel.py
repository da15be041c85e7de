"""Authorizations that are asked for in one place and given in another."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint, text

from store.models.base import Instant, account_column, client_column, metadata

device_codes = Table(
    "device_codes",
    metadata,
    Column("device_code_hash", String(64), primary_key=True),
    Column("user_code_hash", String(64), nullable=False, unique=True),
    client_column(),
    Column("request", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("grant_id", String(32)),
    Column("interval", Integer, nullable=False),
    Column("polled_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("forget_at", Instant, nullable=False, index=True),
)

backchannel_requests = Table(
    "backchannel_requests",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    client_column(),
    account_column(nullable=True),
    Column("browser_hash", String(64)),
    Column("request", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("grant_id", String(32)),
    Column("interval", Integer, nullable=False),
    Column("polled_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("forget_at", Instant, nullable=False, index=True),
)

backchannel_devices = Table(
    "backchannel_devices",
    metadata,
    Column("id", String(32), primary_key=True),
    account_column(),
    Column("browser_hash", String(64), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("account_id", "browser_hash"),
)


@cache
def open_request() -> Index:
    """Add the index that lets an account have one undecided request; for migrations alone.

    Its condition, written for both dialects, would load both: three megabytes of a web worker.
    """
    undecided = text("status IN ('pending', 'matched')")
    return Index(
        "uq_backchannel_requests_open",
        backchannel_requests.c.account_id,
        unique=True,
        sqlite_where=undecided,
        postgresql_where=undecided,
    )
