"""How far what was recognised is from what was asked for."""

from __future__ import annotations

from collections.abc import Sequence


def edits(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many insertions, deletions and substitutions make one the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for count, mine in enumerate(one, start=1):
        above, row = row, [count]
        for at, theirs in enumerate(other):
            row.append(min(row[at] + 1, above[at + 1] + 1, above[at] + (mine != theirs)))
    return row[-1]
