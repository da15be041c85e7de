"""The detector of our own: a weighted sum of features, trained by `gatehouse evaluate attacks`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from verifiers.voice.arrays import Floats
from verifiers.voice.audio.wav import RATE
from verifiers.voice.pad.features import SECONDS, features
from verifiers.voice.pad.windows import windows

FILE = Path(__file__).with_name("detector.json")
FARTHEST = 6.0
"""Standard deviations beyond which a feature says no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What training finds: each array (features,); the score is a sum over features, plus one."""

    mean: Floats
    scale: Floats
    weight: Floats
    offset: float

    def scores(self, rows: Floats) -> Floats:
        """Return the score of each row of features (rows, features)."""
        near = np.clip((rows - self.mean) / self.scale, -FARTHEST, FARTHEST)
        scores: Floats = near @ self.weight + self.offset
        return scores


class Shipped:
    """The detector with the weights that ship."""

    def __init__(self, weights: Weights, threshold: float) -> None:
        self._weights = weights
        self.threshold = threshold

    @classmethod
    def load(cls, threshold: float) -> Self:
        """Read the weights that ship."""
        shipped = json.loads(FILE.read_text("utf-8"))["weights"]
        mean, scale, weight = (
            np.array(shipped[name], np.float32) for name in ("mean", "scale", "weight")
        )
        return cls(Weights(mean, scale, weight, float(shipped["offset"])), threshold)

    def score(self, waveform: Floats) -> float:
        """Return the natural logarithm of a likelihood ratio, a person against an attack.

        What is longer than it looks at is as good as its worst part.
        """
        rows = np.array([features(part) for part in windows(waveform, SECONDS * RATE)])
        return float(self._weights.scores(rows).min())
