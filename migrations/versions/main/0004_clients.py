"""What a client registers of itself, ids that are addresses, and the resources it may ask for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_clients"
down_revision = "0003_operations"
branch_labels = None
depends_on = None

NAMED = {"clients": "id", "grants": "client_id", "consents": "client_id", "audit": "client_id"}


def upgrade() -> None:
    op.add_column(
        "clients", sa.Column("source", sa.String(16), nullable=False, server_default="operator")
    )
    op.add_column("clients", sa.Column("metadata", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("consents", sa.Column("resource", sa.JSON(), nullable=False, server_default="[]"))
    _lengthen(255)
    op.create_table(
        "resources",
        sa.Column("uri", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("scope", sa.String(length=255), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("authorization_details", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_resources")),
    )


def downgrade() -> None:
    op.drop_table("resources")
    op.drop_column("consents", "resource")
    _lengthen(64)
    op.drop_column("clients", "metadata")
    op.drop_column("clients", "source")


def _lengthen(length: int) -> None:
    """SQLite holds to no length, and a new one would copy the table."""
    if op.get_context().dialect.name == "postgresql":
        for table, column in NAMED.items():
            op.alter_column(table, column, type_=sa.String(length))
