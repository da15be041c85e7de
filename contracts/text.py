"""Words for a person, carried untranslated until a page renders them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

COUNT = "count"
AS_IT_IS = "%(words)s"


@dataclass(frozen=True, slots=True)
class Text:
    """An English message and its values; the web package translates and fills it.

    `message` uses named %-placeholders, e.g. ``Text("Wait for %(name)s", {"name": "Ada"})``.
    Where it counts something, `counted` makes it: languages have up to six forms for that.
    """

    message: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    plural: str = ""

    def __str__(self) -> str:
        words = self.plural if self.plural and self.count != 1 else self.message
        return words % self.values if self.values else words

    @property
    def count(self) -> int:
        """How many there are of what a text counts."""
        return int(self.values.get(COUNT, 1))


def counted(
    message: str, plural: str, count: int, values: Mapping[str, str | int] | None = None
) -> Text:
    """Return `message` where `count` is one and else `plural`; ``%(count)d`` stands in both."""
    return Text(message, {**(values or {}), COUNT: count}, plural)


def as_it_is(words: str) -> Text:
    """Return words that nobody here translates: an operator's, a program's, already translated."""
    return Text(AS_IT_IS, {"words": words})
