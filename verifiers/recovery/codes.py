"""Codes as they stand on paper, and as tired people type them."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import digits

from contracts.errors import Retry
from contracts.text import Text

ALPHABET = digits + "ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: 5 bits a sign, and nothing that is mistaken for another."""

ALIKE = str.maketrans("OIL", "011")
SIGNS = 18
"""One sign that picks the hash, and seventeen of the secret: 85 bits."""

GROUP = 3
LONGEST = 64
"""No code is longer, with any spaces and dashes a person puts into it."""

NO_CODE = Text(
    "A recovery code has six groups of three letters or digits. Type it as it was shown to you."
)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a set: a sign that no other of the set begins with, and the secret itself."""

    sign: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        whole = self.sign + self.secret
        return "-".join(whole[at : at + GROUP] for at in range(0, SIGNS, GROUP))


def make(count: int) -> Sequence[Code]:
    """Return a set of new codes."""
    signs = secrets.SystemRandom().sample(ALPHABET, count)
    return [Code(sign, _random(SIGNS - 1)) for sign in signs]


def read(typed: str) -> Code:
    """Return the code that was typed, in any case and grouping. Raises Retry where it is none."""
    normal = unicodedata.normalize("NFKC", typed[:LONGEST]).upper().translate(ALIKE)
    whole = "".join(sign for sign in normal if sign.isalnum())
    if len(whole) != SIGNS or set(whole) - set(ALPHABET):
        raise Retry(NO_CODE)
    return Code(whole[0], whole[1:])


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
