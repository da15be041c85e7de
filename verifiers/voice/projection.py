"""Take out of telephone embeddings what a correction says, in the processes that compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from verifiers.voice.arrays import Floats, unit
from verifiers.voice.correction import Correction

SHARE = 0.5
"""How much of the mean telephone voice is taken off: all of it misses more, held out."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The mean (dimension,) of telephone voices, and directions (some, dimension) to leave out."""

    mean: Floats
    directions: Floats

    def __call__(self, embeddings: Floats) -> Floats:
        """Correct telephone embeddings (..., dimension); what comes back is of unit length."""
        left = unit(embeddings) - np.float32(SHARE) * self.mean
        return unit(left - (left @ self.directions.T) @ self.directions)

    @classmethod
    def by(cls, correction: Correction) -> Self:
        """Take the numbers of a file."""
        rows = (correction.mean, correction.directions)
        return cls(*(np.array(each, np.float32) for each in rows))
