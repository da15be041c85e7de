"""What logins are measured by: waits that grow, browsers that are known, signals of a login."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_signals"
down_revision = "0011_devices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("limits", sa.Column("free_at", sa.BigInteger(), nullable=True))
    op.add_column("logins", sa.Column("signals", sa.JSON(), nullable=True))
    op.create_table(
        "known_browsers",
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_known_browsers_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("browser_hash", name=op.f("pk_known_browsers")),
    )
    for column in ("account_id", "expires_at"):
        name = op.f(f"ix_known_browsers_{column}")
        op.create_index(name, "known_browsers", [column])


def downgrade() -> None:
    op.drop_table("known_browsers")
    op.drop_column("logins", "signals")
    op.drop_column("limits", "free_at")
