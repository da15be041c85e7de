"""A runner of ceremonies that nobody listens to."""

from __future__ import annotations

from enrollment.outcomes import Callbacks, Change
from store import Transaction


def _ignored(tx: Transaction, change: Change) -> None:
    """Hear nothing."""


UNHEARD = Callbacks(str, _ignored)
