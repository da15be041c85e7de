"""How people come back who have lost a way to log in."""

from __future__ import annotations

revision = "0010_recovery"
down_revision = "0009_signups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
