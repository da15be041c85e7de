"""Why a password is easy to guess: what zxcvbn warns of, in words of ours that are translated."""

from __future__ import annotations

from contracts.text import Text

EASY = Text("This password is easy to guess. Use several words that do not belong together.")

REASONS = {
    "Straight rows of keys are easy to guess.": Text(
        "Keys that stand in a row are easy to guess. Use several words that do not belong together."
    ),
    "Short keyboard patterns are easy to guess.": Text(
        "Short patterns of keys are easy to guess. Use several words that do not belong together."
    ),
    'Repeats like "aaa" are easy to guess.': Text(
        "A character that is repeated, as in “aaa”, is easy to guess. "
        "Use several words that do not belong together."
    ),
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': Text(
        "What is repeated, as in “abcabcabc”, is hardly harder to guess than “abc”. "
        "Use several words that do not belong together."
    ),
    'Sequences like "abc" or "6543" are easy to guess.': Text(
        "Sequences such as “abc” or “6543” are easy to guess. "
        "Use several words that do not belong together."
    ),
    "Recent years are easy to guess.": Text(
        "Recent years are easy to guess. Use several words that do not belong together."
    ),
    "Dates are often easy to guess.": Text(
        "Dates are often easy to guess. Use several words that do not belong together."
    ),
    "This is a top-10 common password.": Text(
        "This is one of the ten most common passwords. "
        "Use several words that do not belong together."
    ),
    "This is a top-100 common password.": Text(
        "This is one of the hundred most common passwords. "
        "Use several words that do not belong together."
    ),
    "This is a very common password.": Text(
        "This is a very common password. Use several words that do not belong together."
    ),
    "This is similar to a commonly used password.": Text(
        "This resembles a common password. Use several words that do not belong together."
    ),
    "A word by itself is easy to guess.": Text(
        "A word by itself is easy to guess. Use several words that do not belong together."
    ),
    "Names and surnames by themselves are easy to guess.": Text(
        "A name by itself is easy to guess. Use several words that do not belong together."
    ),
    "Common names and surnames are easy to guess.": Text(
        "Common names are easy to guess. Use several words that do not belong together."
    ),
}
"""By zxcvbn's own warning, one by one."""


def reason(warning: str) -> Text:
    """Return the reason for a warning of zxcvbn; a general one where it says nothing."""
    return REASONS.get(warning, EASY)
