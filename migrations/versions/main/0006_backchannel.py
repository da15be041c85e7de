"""Authorizations that are asked for in one place and given in another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_backchannel"
down_revision = "0005_authorization"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _device_codes()
    _backchannel_requests()
    _backchannel_devices()
    op.create_index(op.f("ix_accounts_email"), "accounts", ["email"])


def downgrade() -> None:
    op.drop_index(op.f("ix_accounts_email"), "accounts")
    op.drop_table("backchannel_devices")
    op.drop_table("backchannel_requests")
    op.drop_table("device_codes")


def _device_codes() -> None:
    op.create_table(
        "device_codes",
        sa.Column("device_code_hash", sa.String(length=64), nullable=False),
        sa.Column("user_code_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "client_id",
            sa.String(64).with_variant(sa.String(255), "postgresql"),
            nullable=False,
        ),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("grant_id", sa.String(length=32), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("forget_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_device_codes_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("device_code_hash", name=op.f("pk_device_codes")),
        sa.UniqueConstraint("user_code_hash", name=op.f("uq_device_codes_user_code_hash")),
    )
    op.create_index(op.f("ix_device_codes_forget_at"), "device_codes", ["forget_at"])


def _backchannel_requests() -> None:
    op.create_table(
        "backchannel_requests",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "client_id",
            sa.String(64).with_variant(sa.String(255), "postgresql"),
            nullable=False,
        ),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("grant_id", sa.String(length=32), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("forget_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_backchannel_requests_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_backchannel_requests_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_backchannel_requests")),
    )
    for column in ("account_id", "forget_at"):
        name = op.f(f"ix_backchannel_requests_{column}")
        op.create_index(name, "backchannel_requests", [column])
    undecided = sa.text("status IN ('pending', 'matched')")
    op.create_index(
        "uq_backchannel_requests_open",
        "backchannel_requests",
        ["account_id"],
        unique=True,
        sqlite_where=undecided,
        postgresql_where=undecided,
    )


def _backchannel_devices() -> None:
    op.create_table(
        "backchannel_devices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_backchannel_devices_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backchannel_devices")),
        sa.UniqueConstraint(
            "account_id",
            "browser_hash",
            name=op.f("uq_backchannel_devices_account_id_browser_hash"),
        ),
    )
    for column in ("account_id", "browser_hash"):
        name = op.f(f"ix_backchannel_devices_{column}")
        op.create_index(name, "backchannel_devices", [column])
