"""The digits that a person is asked to say, and what the server remembers of having asked."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Self

DIGITS = "0123456789"
ENGLISH = "en"
UNKNOWABLE = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Prompted:
    """Digits, the language they are to be said in, and when they were shown.

    `takes` counts the recordings before, which were too poor to be judged.
    """

    digits: str
    language: str
    issued: datetime
    takes: int = 0

    @classmethod
    def begin(cls, count: int, language: str, now: datetime) -> Self:
        """Choose digits at random."""
        return cls(choose(count), language, now)

    def anew(self, now: datetime) -> Self:
        """Return other digits after a recording that could not be judged."""
        return replace(self, digits=choose(len(self.digits)), issued=now, takes=self.takes + 1)

    @classmethod
    def load(cls, secret: bytes) -> Self:
        """Read what `dump` wrote."""
        fields = json.loads(secret)
        return cls(**fields | {"issued": datetime.fromisoformat(fields["issued"])})

    def dump(self) -> bytes:
        """Write as JSON; the runner keeps it encrypted."""
        return json.dumps(asdict(self) | {"issued": self.issued.isoformat()}).encode()


def choose(count: int, chance: random.Random = UNKNOWABLE) -> str:
    """Choose digits of which no two neighbours are equal: shown in turn, one follows another."""
    chosen = [chance.choice(DIGITS)]
    while len(chosen) < count:
        chosen.append(chance.choice(DIGITS.replace(chosen[-1], "")))
    return "".join(chosen)


def once(words: Iterable[str]) -> tuple[str, ...]:
    """Return words without those that equal the one before: none such is ever asked for.

    Where it is quiet behind the last word, Whisper hears that word time and again.
    """
    return tuple(word for word, _ in groupby(words))
