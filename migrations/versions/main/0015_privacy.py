"""Consent, retention and proofs of erasure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_privacy"
down_revision = "0014_trail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "biometric_consents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("factor", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(length=128), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_biometric_consents_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_biometric_consents")),
    )
    op.create_index(op.f("ix_biometric_consents_account_id"), "biometric_consents", ["account_id"])
    op.create_table(
        "erasure_proofs",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("farewell", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_erasure_proofs")),
    )
    op.create_index(op.f("ix_erasure_proofs_erased_at"), "erasure_proofs", ["erased_at"])


def downgrade() -> None:
    op.drop_table("erasure_proofs")
    op.drop_table("biometric_consents")
