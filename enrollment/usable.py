"""Which credentials may be verified now."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.factor import Enrolled, Factor, Kind
from store import Transaction


def usable(
    tx: Transaction, account_id: str, factor: Factor, biometric_failures: int
) -> Sequence[Enrolled]:
    """Return them decrypted; a biometric that was refused so often in a row rests."""
    if factor.kind is Kind.INHERENCE:
        return tx.credentials.enrolled(account_id, factor.name, failures_below=biometric_failures)
    return tx.credentials.enrolled(account_id, factor.name)
