"""Text of strangers, shown so that it cannot look like another text (Unicode TR 36)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories that have no form of their own, or turn the order of others."""

BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that are drawn as nothing."""

JOINERS = frozenset("\n\t\u200c\u200d")
"""Line breaks, and the joiners that emoji, Persian and many scripts of India are written with."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; an `unseen` one names a character that would not be seen."""

    text: str
    unseen: bool = False


def pieces(text: str) -> tuple[Piece, ...]:
    """Split a text into what can be shown as it is and what must be named."""
    lines = text.replace("\r\n", "\n")
    return tuple(_pieces(lines))


def _pieces(text: str) -> Iterator[Piece]:
    for unseen, run in groupby(text, _unseen):
        if unseen:
            yield from (Piece(f"U+{ord(character):04X}", unseen=True) for character in run)
        else:
            yield Piece("".join(run))


def _unseen(character: str) -> bool:
    if character in JOINERS:
        return False
    return character in BLANK or unicodedata.category(character) in UNSEEN
