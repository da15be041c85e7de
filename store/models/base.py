"""What the tables share: their metadata, instants, and the two foreign keys all point along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as integer microseconds so that both databases order it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Return microseconds since the epoch."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
ClientId = String(64).with_variant(String(255), "postgresql")
"""An id of ours is short, an address can be long; SQLite holds to no length and need not know."""

Number = BigInteger().with_variant(Integer, "sqlite")
"""Counts what never ends; SQLite counts by itself in a column of this name alone."""

metadata = MetaData(naming_convention=NAMES)
keystore_metadata = MetaData(naming_convention=NAMES)


def account_column(nullable: bool = False) -> Column[str]:
    """Return the column of the account a row belongs to and goes with."""
    return Column(
        "account_id",
        String(32),
        ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=nullable,
        index=True,
    )


def client_column(primary_key: bool = False) -> Column[str]:
    """Return the column of the client a row belongs to and goes with."""
    return Column(
        "client_id",
        ClientId,
        ForeignKey("clients.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )
