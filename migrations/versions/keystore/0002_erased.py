"""Whose keys were deleted, for good: by pseudonym."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_erased"
down_revision = "0001_subject_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_erased")),
    )


def downgrade() -> None:
    op.drop_table("erased")
