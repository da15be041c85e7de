"""What is presented to the microphone: speech of a person, or an attack of some species."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Protocol

import numpy as np

from gateway.evaluation.arrays import Real

BONA_FIDE = "bona fide"


@dataclass(frozen=True, slots=True)
class Presentation:
    """One waveform (samples,) in [-1, 1] at 16 kHz, and what it is.

    `subject` is whose voice it is, or whose it pretends to be; of a synthetic voice its own name.
    """

    species: str
    name: str
    subject: str
    waveform: Real = field(repr=False)


class Species(Protocol):
    """One kind of attack."""

    @property
    def name(self) -> str:
        """What its figures are kept under."""
        ...

    @property
    def about(self) -> str:
        """What it is, in a few words."""
        ...

    @property
    def trained(self) -> bool:
        """Whether a detector can learn anything from it."""
        ...

    def missing(self) -> str | None:
        """Say what is not installed; None where attacks can be made."""
        ...

    def make(self, recordings: Sequence[Presentation]) -> Iterator[Presentation]:
        """Make attacks: the same ones each time, of these recordings or from text."""
        ...


def corpus_of(subject: str) -> str:
    """Return the letters that a subject's name begins with: where its recordings come from."""
    return "".join(takewhile(str.isalpha, subject))


def generator(*parts: object) -> np.random.Generator:
    """Return random numbers that depend on these names alone."""
    name = "|".join(map(str, parts))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
