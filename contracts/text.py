"""Words for a person, carried untranslated until a page renders them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """An English message and its values; the web package translates and fills it.

    `message` uses named %-placeholders, e.g. ``Text("Wait %(seconds)d seconds", {"seconds": 3})``.
    """

    message: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message
