"""Devices that are remembered."""

from __future__ import annotations

revision = "0011_devices"
down_revision = "0010_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
