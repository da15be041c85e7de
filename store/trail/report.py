"""What a look at the trail has found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from contracts.text import Text
from store.models import EPOCH

ALTERED = Text("The entry was altered.")
MISSING = Text("Entries are missing before this one.")
CUT = Text("Entries are missing that this checkpoint has signed.")
STRANGE = Text("The entry does not belong to its checkpoint.")
MOVED = Text("Entries of this checkpoint were renumbered.")
BACK = Text("Entries are back that were removed in their time.")
UNSIGNED = Text("The checkpoint is not signed by this house.")
GONE = Text("The checkpoint is missing.")
BROKEN = Text("The checkpoint does not follow the one before it.")
OTHER = Text("The checkpoint is not the one that was anchored.")
CUT_OFF = Text("The trail was cut off here: a later checkpoint was anchored.")
PARTED = Text("The account %(account)s was parted from its entries.")
FORGED = Text("This anchor is not signed by this house.")

LAST = 2**63


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where the trail is not whole; `order` is where it stands among others."""

    why: Text
    order: int = LAST
    number: int | None = None
    at: datetime | None = None
    event: str = ""
    writer: str = ""
    seq: int | None = None
    checkpoint: int | None = None


def here(why: Text, row: Row[Any]) -> Finding:
    """Return a finding at an entry."""
    named = str(row.event), str(row.writer), _number(row.seq), _number(row.checkpoint)
    return Finding(why, row.id, row.id, _moment(row.at), *named)


def _moment(at: Any) -> datetime | None:  # noqa: ANN401 - whatever was put there
    try:
        return EPOCH + timedelta(microseconds=at)
    except (TypeError, OverflowError):
        return None


def _number(value: Any) -> int | None:  # noqa: ANN401 - whatever was put there
    return value if isinstance(value, int) else None


@dataclass(slots=True)
class Report:
    """All that was looked at; `first` is None where it is whole.

    `waiting`: entries that no checkpoint has signed yet, whose end could be cut unseen. `pruned`:
    the last checkpoint whose entries were removed in their time.
    """

    entries: int = 0
    checkpoints: int = 0
    waiting: int = 0
    pruned: int = 0
    anchors: int = 0
    problems: int = 0
    first: Finding | None = None

    def found(self, finding: Finding) -> None:
        """Note a finding."""
        self.problems += 1
        if self.first is None or finding.order < self.first.order:
            self.first = finding
