"""Where a grant stands in a status list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_status"
down_revision = "0016_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grants", sa.Column("status_list", sa.Integer()))
    op.add_column("grants", sa.Column("status_index", sa.Integer()))
    op.create_index(
        op.f("ix_grants_status_list_status_index"),
        "grants",
        ["status_list", "status_index"],
        unique=True,
    )
    op.create_table(
        "ended_statuses",
        sa.Column("status_list", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("status_list", "status_index", name=op.f("pk_ended_statuses")),
    )
    op.create_index(op.f("ix_ended_statuses_expires_at"), "ended_statuses", ["expires_at"])


def downgrade() -> None:
    op.drop_table("ended_statuses")
    op.drop_index(op.f("ix_grants_status_list_status_index"), "grants")
    op.drop_column("grants", "status_index")
    op.drop_column("grants", "status_list")
