"""The tables. Private to `store` and `migrations`: everyone else speaks to the repositories.

Short-lived secrets are kept as keyed hashes (`*_hash`), what must be read back as ciphertext
(`LargeBinary`); instants are integers, microseconds since the epoch in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as integer microseconds so that both databases order it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _account(nullable: bool = False) -> Column[str]:
    return Column(
        "account_id",
        String(32),
        ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=nullable,
        index=True,
    )


def _client(primary_key: bool = False) -> Column[str]:
    return Column(
        "client_id",
        String(64),
        ForeignKey("clients.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


accounts = Table(
    "accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("username", String(255), nullable=False, unique=True),
    Column("email", String(320)),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", String(32), primary_key=True),
    _account(),
    Column("factor", String(32), nullable=False),
    Column("format", String(64), nullable=False),
    Column("label", String(128), nullable=False),
    Column("unique_hash", String(64)),
    Column("template", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("virtual", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("disabled_at", Instant),
    UniqueConstraint("factor", "unique_hash"),
    CheckConstraint("version > 0", name="version"),
)

ceremonies = Table(
    "ceremonies",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    _account(nullable=True),
    Column("owner_hash", String(64), nullable=False),
    Column("factor", String(32), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("credential_id", String(32)),
    Column("secret", LargeBinary, nullable=False),
    Column("step", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

logins = Table(
    "logins",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    _account(nullable=True),
    Column("requirement", JSON, nullable=False),
    Column("return_to", String(2048), nullable=False),
    Column("events", JSON, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("sid", String(32), nullable=False, unique=True),
    _account(),
    Column("events", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

clients = Table(
    "clients",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("secret_hash", String(64)),
    Column("redirect_uris", JSON, nullable=False),
    Column("audience", String(255), nullable=False),
    Column("scope", String(255), nullable=False),
    Column("require_acr", String(64), nullable=False),
    Column("consent", Boolean, nullable=False),
    Column("token_alg", String(16), nullable=False),
    Column("access_token_seconds", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("access_token_seconds > 0", name="access_token_seconds"),
)

interactions = Table(
    "interactions",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    _client(),
    Column("request", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    _account(),
    _client(),
    Column("sid", String(32), nullable=False, index=True),
    Column("scope", String(255), nullable=False),
    Column("nonce", String(255)),
    Column("acr", String(64), nullable=False),
    Column("amr", JSON, nullable=False),
    Column("auth_time", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("revoked_at", Instant),
)

codes = Table(
    "codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("grant_id", String(32), ForeignKey("grants.id", ondelete="CASCADE"), nullable=False),
    Column("redirect_uri", String(2048), nullable=False),
    Column("code_challenge", String(128), nullable=False),
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
    _client(primary_key=True),
    Column("scope", String(255), nullable=False),
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

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("resets_at", Instant, nullable=False, index=True),
)

once = Table(
    "once",
    metadata,
    Column("value_hash", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("event", String(64), nullable=False),
    Column("account_id", String(32), index=True),
    Column("client_id", String(64)),
    Column("source", String(64), nullable=False),
    Column("detail", JSON, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),
    _account(),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("redeemed_at", Instant),
)

stations = Table(
    "stations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("pairing_hash", String(64)),
    Column("pairing_expires_at", Instant),
    Column("public_key", JSON),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant),
    Column("revoked_at", Instant),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("handle_hash", String(64), primary_key=True),
    _account(),
    Column("station_id", String(32), ForeignKey("stations.id", ondelete="CASCADE")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

checks = Table(
    "checks",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)

keystore_metadata = MetaData(naming_convention=metadata.naming_convention)

subject_keys = Table(
    "subject_keys",
    keystore_metadata,
    Column("subject_id", String(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("key_encryption_key", Integer, nullable=False),
)

row_versions = Table(
    "row_versions",
    keystore_metadata,
    Column("credential_id", String(32), primary_key=True),
    Column(
        "subject_id",
        String(32),
        ForeignKey("subject_keys.subject_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("version", Integer, nullable=False),
)
