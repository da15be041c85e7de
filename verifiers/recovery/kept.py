"""What is kept of a set of codes: their hashes, by the sign that each begins with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Kept:
    """The hashes of the codes that are left, of `made` at the beginning."""

    hashes: Mapping[str, str] = field(repr=False)
    made: int

    @classmethod
    def load(cls, template: bytes) -> Self:
        """Read a set back from a template."""
        return cls(**json.loads(template))

    def dump(self) -> bytes:
        """Return the template of this set."""
        return json.dumps(asdict(self)).encode()

    @property
    def left(self) -> int:
        """How many codes were not used yet."""
        return len(self.hashes)

    def without(self, sign: str) -> Kept:
        """Return the set after one of its codes was used."""
        return Kept({each: kept for each, kept in self.hashes.items() if each != sign}, self.made)
