"""How people come to have an account by themselves."""

from __future__ import annotations

revision = "0009_signups"
down_revision = "0008_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
