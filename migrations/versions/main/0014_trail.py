"""The trail, chained."""

from __future__ import annotations

revision = "0014_trail"
down_revision = "0013_operators"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
