"""Policy and branding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_policy"
down_revision = "0017_status"
branch_labels = None
depends_on = None

CLIENT_ID = sa.String(length=64).with_variant(sa.String(length=255), "postgresql")


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policies")),
    )
    op.create_table(
        "brandings",
        sa.Column("id", CLIENT_ID, nullable=False),
        sa.Column("client_id", CLIENT_ID, nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sa.String(length=16), nullable=False),
        sa.Column("logo_mark", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_brandings_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brandings")),
    )
    op.create_index(op.f("ix_brandings_client_id"), "brandings", ["client_id"])
    version = sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    op.add_column("resources", version)


def downgrade() -> None:
    op.drop_column("resources", "version")
    op.drop_table("brandings")
    op.drop_table("policies")
