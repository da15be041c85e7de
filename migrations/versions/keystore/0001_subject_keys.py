"""The keys of the subjects and the versions of the rows they seal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_subject_keys"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _subject_keys()
    _row_versions()


def downgrade() -> None:
    for table in (
        "row_versions",
        "subject_keys",
    ):
        op.drop_table(table)


def _subject_keys() -> None:
    op.create_table(
        "subject_keys",
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_subject_keys")),
    )


def _row_versions() -> None:
    op.create_table(
        "row_versions",
        sa.Column("credential_id", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_row_versions")),
    )
    op.create_index(op.f("ix_row_versions_subject_id"), "row_versions", ["subject_id"])
