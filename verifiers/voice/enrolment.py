"""What the server remembers between the recordings of one enrolment."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Self

from verifiers.voice.utterance import Utterance

PHRASES: tuple[str, ...] = tuple(
    json.loads(Path(__file__).with_name("phrases.json").read_text("utf-8"))
)
Agree = Callable[[Utterance, Utterance], bool]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The phrases to speak, and what was made of each recording so far, kept or left out."""

    phrases: tuple[str, ...]
    utterances: tuple[Utterance, ...] = ()

    @classmethod
    def begin(cls, recordings: int) -> Self:
        """Choose different phrases at random, one for each recording there can be."""
        return cls(tuple(secrets.SystemRandom().sample(PHRASES, recordings)))

    @classmethod
    def load(cls, secret: bytes) -> Self:
        """Read what `dump` wrote."""
        state = json.loads(secret)
        utterances = tuple(Utterance.load(b64decode(each)) for each in state["utterances"])
        return cls(tuple(state["phrases"]), utterances)

    def dump(self) -> bytes:
        """Write the state as JSON; the runner keeps it encrypted."""
        return json.dumps(
            {
                "phrases": self.phrases,
                "utterances": [b64encode(each.dump()).decode() for each in self.utterances],
            }
        ).encode()

    def add(self, utterance: Utterance) -> Self:
        """Return the state with one more recording."""
        return replace(self, utterances=(*self.utterances, utterance))

    @property
    def over(self) -> bool:
        """Whether there can be no further recording."""
        return len(self.utterances) == len(self.phrases)

    @property
    def phrase(self) -> str:
        """The phrase to speak next."""
        return self.phrases[len(self.utterances)]


def of_one_voice(utterances: Sequence[Utterance], agree: Agree) -> tuple[Utterance, ...]:
    """Return the largest group of which each two agree, and came the same way.

    Whoever is not in it is the outlier, be it the first or the last. Of groups of one size the
    one of earlier recordings counts.
    """
    pairs = combinations(range(len(utterances)), 2)
    together = {
        (one, other) for one, other in pairs if _fit(utterances[one], utterances[other], agree)
    }
    for group in _groups(len(utterances)):
        if together.issuperset(combinations(group, 2)):
            return tuple(utterances[number] for number in group)
    return ()


def _groups(count: int) -> Iterator[tuple[int, ...]]:
    for size in range(count, 0, -1):
        yield from combinations(range(count), size)


def _fit(one: Utterance, other: Utterance, agree: Agree) -> bool:
    same = (one.engine, one.channel) == (other.engine, other.channel)
    return same and agree(one, other)
