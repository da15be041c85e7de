"""Webhooks and shared signals."""

from __future__ import annotations

revision = "0016_events"
down_revision = "0015_privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
