"""What a new password must be (NIST SP 800-63B-4, 3.1.1.2): long and not guessable, no more."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from contracts.errors import Retry
from contracts.text import Text
from verifiers.password.settings import PasswordSettings

COMPOSED = 4
"""At most so many code points are composed into one by NFKC."""

ESTIMATED = 32
"""Longer passwords are judged by so many characters: with signs that can stand for letters, the
estimate takes 0.1 s of CPU for 32 and 1.5 s for 72."""


def normalise(password: str, longest: int) -> str:
    """Return the NFKC form; left alone where it could not become short enough anyway.

    Normalising takes quadratic time on long runs of combining marks.
    """
    fits = len(password) <= longest * COMPOSED
    return unicodedata.normalize("NFKC", password) if fits else password


def check(password: str, context: Sequence[str], settings: PasswordSettings) -> None:
    """Raise Retry, with the reason, where the password is not fit; `context` are known words."""
    normal = normalise(password, settings.max_length)
    _check_length(normal, settings)
    _check_characters(normal)
    _check_context(normal, context)
    _check_strength(normal, context, settings.min_strength)


def _check_length(password: str, settings: PasswordSettings) -> None:
    if len(password) < settings.min_length:
        values = {"count": settings.min_length}
        raise Retry(Text("Use at least %(count)d characters.", values))
    if len(password) > settings.max_length:
        raise Retry(Text("Use at most %(count)d characters.", {"count": settings.max_length}))


def _check_characters(password: str) -> None:
    if any(unicodedata.category(each) == "Cs" for each in password):
        raise Retry(Text("The password contains a broken character."))


def _check_context(password: str, context: Sequence[str]) -> None:
    folded = password.casefold()
    if any(len(word) >= 3 and word.casefold() in folded for word in context):
        raise Retry(Text("Leave your name, your address and the service's name out of it."))


def _check_strength(password: str, context: Sequence[str], least: int) -> None:
    estimate = _estimate(password[:ESTIMATED], context)
    if estimate["score"] < least:
        why = (estimate["feedback"]["warning"] or "This password is easy to guess").rstrip(".")
        raise Retry(Text("%(why)s. Use several words that do not belong together.", {"why": why}))


def _estimate(password: str, context: Sequence[str]) -> dict[str, Any]:
    """Run zxcvbn, imported at first use: its word lists take 12 MB that a login never needs."""
    result: dict[str, Any] = import_module("zxcvbn").zxcvbn(password, user_inputs=list(context))
    return result
