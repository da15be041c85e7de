"""How people come back who have lost a way to log in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_recovery"
down_revision = "0009_signups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recovery_walks",
        sa.Column("handle_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("handle_hash", name=op.f("pk_recovery_walks")),
    )
    op.create_index(op.f("ix_recovery_walks_expires_at"), "recovery_walks", ["expires_at"])
    op.create_table(
        "recoveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("live", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_by", sa.String(length=128), nullable=False),
        sa.Column("approved_by", sa.String(length=128), nullable=False),
        sa.Column("proven", sa.JSON(), nullable=False),
        sa.Column("claim_hash", sa.String(length=64), nullable=False),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.Column("stop_code", sa.LargeBinary(), nullable=False),
        sa.Column("handle_hash", sa.String(length=64), nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("open_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.Column("remind_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_recoveries_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        sa.UniqueConstraint("live", name=op.f("uq_recoveries_live")),
        sa.UniqueConstraint("claim_hash", name=op.f("uq_recoveries_claim_hash")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_recoveries_stop_hash")),
        sa.UniqueConstraint("handle_hash", name=op.f("uq_recoveries_handle_hash")),
    )
    for column in ("account_id", "ends_at", "remind_at"):
        op.create_index(op.f(f"ix_recoveries_{column}"), "recoveries", [column])


def downgrade() -> None:
    op.drop_table("recoveries")
    op.drop_table("recovery_walks")
