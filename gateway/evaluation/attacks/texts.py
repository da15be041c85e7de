"""What a synthetic voice is made to say: the phrases of an enrolment, and digits as asked."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.evaluation.attacks.presentation import generator
from verifiers.voice.enrolment import PHRASES

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGITS = 6


def texts(voice: str, count: int) -> list[tuple[str, str]]:
    """Return a name and a text so many times, digits and phrases in turn, as a voice's own."""
    rng = generator("texts", voice)
    phrases = [PHRASES[each] for each in rng.permutation(len(PHRASES))]
    return [
        (f"phrase{each}", phrases[each // 2 % len(phrases)])
        if each % 2
        else (f"digits{each}", spoken(rng.integers(0, 10, DIGITS).tolist()))
        for each in range(count)
    ]


def spoken(digits: Sequence[int]) -> str:
    """Write digits as words with a pause behind each."""
    return ", ".join(WORDS[digit] for digit in digits) + "."
