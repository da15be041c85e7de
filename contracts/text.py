"""Words for a person, carried untranslated until a page renders them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

Value = str | int | date
"""What stands in a text; a date, or a time, is written as the reader's language writes it."""

COUNT = "count"
AS_IT_IS = "%(words)s"


@dataclass(frozen=True, slots=True)
class Text:
    """An English message and its values; the web package translates and fills it.

    `message` uses named %-placeholders, e.g. ``Text("Wait for %(name)s", {"name": "Ada"})``.
    Where it counts something, `counted` makes it: languages have up to six forms for that.
    """

    message: str
    values: Mapping[str, Value] = field(default_factory=dict)
    plural: str = ""

    def __str__(self) -> str:
        words = self.plural if self.plural and self.count != 1 else self.message
        values = {name: _plain(value) for name, value in self.values.items()}
        return words % values if values else words

    @property
    def count(self) -> int:
        """How many there are of what a text counts."""
        count = self.values.get(COUNT, 1)
        return count if isinstance(count, int) else 1


LANGUAGE = Text("en")
"""Its translation is the tag of the language it is translated into (BCP 47)."""


def counted(
    message: str, plural: str, count: int, values: Mapping[str, Value] | None = None
) -> Text:
    """Return `message` where `count` is one and else `plural`; ``%(count)d`` stands in both."""
    return Text(message, {**(values or {}), COUNT: count}, plural)


def as_it_is(words: str) -> Text:
    """Return words that nobody here translates: an operator's, a program's, already translated."""
    return Text(AS_IT_IS, {"words": words})


def _plain(value: Value) -> str | int:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return value.isoformat() if isinstance(value, date) else value
