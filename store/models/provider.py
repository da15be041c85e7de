"""What the OpenID Provider keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    select,
)

from store.models.base import ClientId, Instant, account_column, client_column, metadata

clients = Table(
    "clients",
    metadata,
    Column("id", ClientId, primary_key=True),
    Column("name", String(128), nullable=False),
    Column("secret_hash", String(64)),
    Column("redirect_uris", JSON, nullable=False),
    Column("audience", String(255), nullable=False),
    Column("scope", String(255), nullable=False),
    Column("require_acr", String(64), nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("token_alg", String(16), nullable=False),
    Column("access_token_seconds", Integer, nullable=False),
    Column("source", String(16), nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("access_token_seconds > 0", name="access_token_seconds"),
)

interactions = Table(
    "interactions",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    client_column(),
    Column("request", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

pushed_requests = Table(
    "pushed_requests",
    metadata,
    Column("uri_hash", String(64), primary_key=True),
    client_column(),
    Column("request", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

resources = Table(
    "resources",
    metadata,
    Column("uri", String(255), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("scope", String(255), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("authorization_details", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    account_column(),
    client_column(),
    Column("sid", String(32), nullable=False, index=True),
    Column("scope", String(255), nullable=False),
    Column("nonce", String(255)),
    Column("acr", String(64), nullable=False),
    Column("amr", JSON, nullable=False),
    Column("auth_time", Instant, nullable=False),
    Column("resource", JSON, nullable=False),
    Column("authorization_details", JSON, nullable=False),
    Column("claims", JSON, nullable=False),
    Column("jkt", String(43)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("revoked_at", Instant),
    Column("status_list", Integer),
    Column("status_index", Integer),
    Index(None, "status_list", "status_index", unique=True),
)

ended_statuses = Table(
    "ended_statuses",
    metadata,
    Column("status_list", Integer, primary_key=True, autoincrement=False),
    Column("status_index", Integer, primary_key=True, autoincrement=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
"""The places of grants that were revoked: kept beside them, for an erased person's are gone."""

codes = Table(
    "codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("grant_id", String(32), ForeignKey("grants.id", ondelete="CASCADE"), nullable=False),
    Column("redirect_uri", String(2048), nullable=False),
    Column("code_challenge", String(128), nullable=False),
    Column("dpop_jkt", String(43)),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("redeemed_at", Instant),
    Index(None, "grant_id"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("grant_id", String(32), ForeignKey("grants.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("redeemed_at", Instant),
    Index(None, "grant_id"),
)

consents = Table(
    "consents",
    metadata,
    Column(
        "account_id", String(32), ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    ),
    client_column(primary_key=True),
    Column("scope", String(255), nullable=False),
    Column("resource", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("alg", String(16), nullable=False),
    Column("public", JSON, nullable=False),
    Column("private", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("signs_from", Instant, nullable=False),
    Column("retires_at", Instant),
)


def live_grants(now: BindParameter[datetime]) -> Select[tuple[str]]:
    """Select the ids of the grants that are neither revoked nor expired."""
    return select(grants.c.id).where(grants.c.revoked_at.is_(None), grants.c.expires_at > now)
