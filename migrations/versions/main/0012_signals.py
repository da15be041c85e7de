"""What logins are measured by."""

from __future__ import annotations

revision = "0012_signals"
down_revision = "0011_devices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
