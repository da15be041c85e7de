"""What the account pages tell: languages, places, and accounts that are to be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_accounts"
down_revision = "0007_registration"
branch_labels = None
depends_on = None

NEW = (
    ("accounts", "language", sa.String(length=16)),
    ("accounts", "erase_at", sa.BigInteger()),
    ("credentials", "last_used_from", sa.String(length=64)),
    ("sessions", "agent", sa.String(length=256)),
    ("sessions", "source", sa.String(length=64)),
)


def upgrade() -> None:
    for table, name, kind in NEW:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index(op.f("ix_accounts_erase_at"), "accounts", ["erase_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_accounts_erase_at"), "accounts")
    for table, name, _ in reversed(NEW):
        op.drop_column(table, name)
