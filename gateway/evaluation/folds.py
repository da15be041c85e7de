"""Which people stand on which side when something is fitted and then judged."""

from __future__ import annotations

from hashlib import sha256

FOLDS = 5


def fold(subject: str, folds: int) -> int:
    """Return the fold of a person, 0 to `folds` - 1: the same, whoever else there is."""
    return int.from_bytes(sha256(subject.encode()).digest()) % folds
