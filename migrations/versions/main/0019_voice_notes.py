"""Voice messages and calls that clients hand on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_voice_notes"
down_revision = "0018_policy"
branch_labels = None
depends_on = None

CLIENT_ID = sa.String(length=64).with_variant(sa.String(length=255), "postgresql")


def upgrade() -> None:
    op.create_table(
        "voice_note_consents",
        sa.Column("id", sa.String(length=32), nullable=False),
        *_whose("voice_note_consents"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_note_consents")),
    )
    op.create_table(
        "voice_notes",
        sa.Column("transaction_hash", sa.String(length=64), nullable=False),
        *_whose("voice_notes"),
        sa.Column("login_hash", sa.String(length=64), nullable=False),
        *_sealed(),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["login_hash"],
            ["logins.handle_hash"],
            name=op.f("fk_voice_notes_login_hash_logins"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("transaction_hash", name=op.f("pk_voice_notes")),
    )
    op.create_table(
        "voice_calls",
        sa.Column("handle_hash", sa.String(length=64), nullable=False),
        *_whose("voice_calls"),
        sa.Column("transaction_hash", sa.String(length=64), nullable=False),
        *_sealed(),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("handle_hash", name=op.f("pk_voice_calls")),
    )
    for table in ("voice_note_consents", "voice_notes", "voice_calls"):
        op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])
    for table in ("voice_notes", "voice_calls"):
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])
    op.create_index(op.f("ix_voice_notes_login_hash"), "voice_notes", ["login_hash"])


def downgrade() -> None:
    for table in ("voice_calls", "voice_notes", "voice_note_consents"):
        op.drop_table(table)


def _sealed() -> list[sa.Column[object]]:
    return [
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _whose(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("client_id", CLIENT_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f(f"fk_{table}_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f(f"fk_{table}_client_id_clients"),
            ondelete="CASCADE",
        ),
    ]
