"""What a new password must be (NIST SP 800-63B-4, 3.1.1.2): long and not guessable, no more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from contracts.abilities import Estimate
from contracts.errors import Retry
from contracts.text import Text, counted
from verifiers.password.breached import Breached
from verifiers.password.reasons import reason
from verifiers.password.settings import PasswordSettings

COMPOSED = 4
"""At most so many code points are composed into one by NFKC."""

ESTIMATED = 20
"""Longer passwords are judged by so many characters: of signs that all stand for letters, the
estimate takes 0.07 s of CPU for 20, 0.6 s for 32 and 8 s for 72, and strangers may ask for it."""

SHORTEST_WORD = 3
"""Shorter words are no context: they are found anywhere."""

LITTLE_MORE = Text(
    "This is little more than your name, your address or the service's name. "
    "Use several words that do not belong together."
)
UNFIT = 1
"""The score of what is not taken, whatever the reason."""

FIT = (
    *(Text("Easy to guess."), Text("Easy to guess.")),
    *(Text("Hard enough to guess."), Text("Hard to guess."), Text("Very hard to guess.")),
)
STOLEN = Text("This password was stolen from some service and is known. Choose another one.")


def normalise(password: str, longest: int) -> str:
    """Return the NFKC form; left alone where it could not become short enough anyway.

    Normalising takes quadratic time on long runs of combining marks.
    """
    fits = len(password) <= longest * COMPOSED
    return unicodedata.normalize("NFKC", password) if fits else password


class Rules:
    """Judges new passwords; `breached` know those that were stolen elsewhere."""

    def __init__(self, settings: PasswordSettings, breached: Sequence[Breached] = ()) -> None:
        self._settings = settings
        self._breached = breached

    def check(self, password: str, context: Sequence[str]) -> None:
        """Raise Retry, with the reason, where the password is not fit; `context`: known words."""
        normal = normalise(password, self._settings.max_length)
        self._score(normal, context)
        if any(each.holds(normal) for each in self._breached):
            raise Retry(STOLEN)

    def estimate(self, password: str, context: Sequence[str]) -> Estimate:
        """Say how hard a password is to guess; nobody is asked whether it was stolen."""
        normal = normalise(password, self._settings.max_length)
        try:
            score = self._score(normal, context)
        except Retry as unfit:
            return Estimate(UNFIT, unfit.public)
        return Estimate(score, FIT[score])

    def _score(self, normal: str, context: Sequence[str]) -> int:
        """Return zxcvbn's score, from 0 to 4. Raises Retry."""
        _check_length(normal, self._settings)
        _check_characters(normal)
        _check_context(normal, context, self._settings.min_length)
        return _check_strength(normal, context, self._settings.min_strength)

    def alone(self, password: str) -> bool:
        """Tell whether a password is long enough to count without another factor beside it."""
        normal = normalise(password, self._settings.max_length)
        return len(normal) >= self._settings.min_length_alone


def _check_length(password: str, settings: PasswordSettings) -> None:
    if len(password) < settings.min_length:
        raise Retry(
            counted(
                "Use at least one character.",
                "Use at least %(count)d characters.",
                settings.min_length,
            )
        )
    if len(password) > settings.max_length:
        raise Retry(
            counted(
                "Use at most one character.",
                "Use at most %(count)d characters.",
                settings.max_length,
            )
        )


def _check_characters(password: str) -> None:
    if any(unicodedata.category(each) == "Cs" for each in password):
        raise Retry(Text("The password contains a broken character."))


def _check_context(password: str, context: Sequence[str], least: int) -> None:
    """Compare the whole password: a known word in a long one that goes on does no harm."""
    folded = password.casefold()
    rest = folded
    for word in sorted(_words(context), key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != folded and len(rest) < least:
        raise Retry(LITTLE_MORE)


def _words(context: Sequence[str]) -> set[str]:
    """Return the known words, whole and in the parts that dots and spaces make of them."""
    folded = [unicodedata.normalize("NFKC", each).casefold() for each in context]
    parts = {part for each in folded for part in (each, *re.split(r"[\W_]+", each))}
    return {part for part in parts if len(part) >= SHORTEST_WORD}


def _check_strength(password: str, context: Sequence[str], least: int) -> int:
    estimate = _estimate(password[:ESTIMATED], context)
    score = int(estimate["score"])
    if score < least:
        raise Retry(reason(estimate["feedback"]["warning"]))
    return score


def _estimate(password: str, context: Sequence[str]) -> dict[str, Any]:
    """Run zxcvbn, imported at first use: its word lists take 12 MB that a login never needs."""
    result: dict[str, Any] = import_module("zxcvbn").zxcvbn(password, user_inputs=list(context))
    return result
