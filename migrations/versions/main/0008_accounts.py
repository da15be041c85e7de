"""What an account page shows and a person may end."""

from __future__ import annotations

revision = "0008_accounts"
down_revision = "0007_registration"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
