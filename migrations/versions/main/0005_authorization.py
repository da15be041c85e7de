"""Requests that were pushed, sealed interactions, and all that a grant can hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_authorization"
down_revision = "0004_clients"
branch_labels = None
depends_on = None

HELD = {"resource": "[]", "authorization_details": "[]", "claims": "{}"}


def upgrade() -> None:
    for name, empty in HELD.items():
        op.add_column("grants", sa.Column(name, sa.JSON(), nullable=False, server_default=empty))
    op.add_column("grants", sa.Column("jkt", sa.String(length=43), nullable=True))
    op.add_column("codes", sa.Column("dpop_jkt", sa.String(length=43), nullable=True))
    op.drop_table("interactions")
    _waiting("interactions", "handle_hash", sa.LargeBinary(), _browser())
    _waiting("pushed_requests", "uri_hash", sa.LargeBinary())


def downgrade() -> None:
    op.drop_table("pushed_requests")
    op.drop_table("interactions")
    _waiting("interactions", "handle_hash", sa.JSON(), _browser())
    op.drop_column("codes", "dpop_jkt")
    for name in ("jkt", *HELD):
        op.drop_column("grants", name)


def _waiting(
    table: str, key: str, request: sa.types.TypeEngine[object], *more: sa.Column[str]
) -> None:
    """Nothing that waits outlives a change of version: its table is made anew."""
    op.create_table(
        table,
        sa.Column(key, sa.String(length=64), nullable=False),
        *more,
        sa.Column("client_id", _client_id(), nullable=False),
        sa.Column("request", request, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f(f"fk_{table}_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])


def _browser() -> sa.Column[str]:
    return sa.Column("browser_hash", sa.String(length=64), nullable=False)


def _client_id() -> sa.types.TypeEngine[str]:
    return sa.String(64).with_variant(sa.String(255), "postgresql")
