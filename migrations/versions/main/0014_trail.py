"""The trail, chained and sealed; what was written before waits for `gatehouse migrate` to move it.

Chaining needs keys, which a migration has not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_trail"
down_revision = "0013_operators"
branch_labels = None
depends_on = None

BEFORE = "audit_before"
CLIENT_ID = sa.String(64).with_variant(sa.String(255), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _put_aside()
    _audit()
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
    )
    op.add_column("accounts", sa.Column("pseudonym", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_accounts_pseudonym"), "accounts", ["pseudonym"], unique=True)


def downgrade() -> None:
    """Keep when what happened to which pseudonym; the rest is sealed, and goes."""
    op.drop_index(op.f("ix_accounts_pseudonym"), "accounts")
    op.drop_column("accounts", "pseudonym")
    op.drop_table("checkpoints")
    for column in ("at", "subject", "checkpoint"):
        op.drop_index(op.f(f"ix_audit_{column}"), "audit")
    op.rename_table("audit", "audit_chained")
    _unchained("audit")
    op.execute(
        "INSERT INTO audit (at, event, account_id, client_id, source, detail) "
        "SELECT at, event, subject, client_id, '', '{}' FROM audit_chained ORDER BY id"
    )
    op.drop_table("audit_chained")


def _put_aside() -> None:
    for column in ("account_id", "at"):
        op.drop_index(op.f(f"ix_audit_{column}"), "audit")
    if op.get_bind().scalar(sa.text("SELECT 1 FROM audit LIMIT 1")) is None:
        op.drop_table("audit")
        return
    op.rename_table("audit", BEFORE)
    if op.get_bind().dialect.name == "postgresql":  # where names of keys are the whole schema's
        op.execute(f"ALTER TABLE {BEFORE} RENAME CONSTRAINT pk_audit TO pk_{BEFORE}")
        op.execute(f"ALTER SEQUENCE audit_id_seq RENAME TO {BEFORE}_id_seq")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("client_id", CLIENT_ID, nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.Column("acted", sa.LargeBinary(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("writer", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("checkpoint", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("writer", "seq", name=op.f("uq_audit_writer_seq")),
    )
    for column in ("at", "subject", "checkpoint"):
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column])


def _unchained(name: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE audit_chained RENAME CONSTRAINT pk_audit TO pk_audit_chained")
        op.execute("ALTER SEQUENCE audit_id_seq RENAME TO audit_chained_id_seq")
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("client_id", CLIENT_ID, nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_account_id"), "audit", ["account_id"])
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
