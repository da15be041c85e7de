"""Consent, retention and proofs of erasure."""

from __future__ import annotations

revision = "0015_privacy"
down_revision = "0014_trail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
