"""How people come to have an account by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_signups"
down_revision = "0008_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signups",
        sa.Column("handle_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("handle_hash", name=op.f("pk_signups")),
    )
    op.create_index(op.f("ix_signups_expires_at"), "signups", ["expires_at"])
    op.add_column("credentials", sa.Column("address_hash", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_credentials_address_hash"), "credentials", ["address_hash"])


def downgrade() -> None:
    op.drop_index(op.f("ix_credentials_address_hash"), "credentials")
    op.drop_column("credentials", "address_hash")
    op.drop_table("signups")
