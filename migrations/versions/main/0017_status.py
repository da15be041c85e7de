"""Where a grant stands in a status list."""

from __future__ import annotations

revision = "0017_status"
down_revision = "0016_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
