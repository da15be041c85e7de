"""Credentials that end by themselves: devices that are remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_devices"
down_revision = "0010_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credentials", sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_credentials_expires_at"), "credentials", ["expires_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_credentials_expires_at"), "credentials")
    op.drop_column("credentials", "expires_at")
