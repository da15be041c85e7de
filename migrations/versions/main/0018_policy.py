"""Policy and branding."""

from __future__ import annotations

revision = "0018_policy"
down_revision = "0017_status"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
