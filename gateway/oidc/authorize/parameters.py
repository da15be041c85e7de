"""The parameters of an authorization request, as sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import MultiDict


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent, every value of every name; an empty value counts as left out."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, sent: MultiDict[str, str]) -> Self:
        """Read a query or a form."""
        kept = {name: [value for value in values if value] for name, values in sent.lists()}
        return cls({name: values for name, values in kept.items() if values})

    def __getitem__(self, name: str) -> str:
        """Return the value of a parameter, empty where it is missing."""
        return next(iter(self.values.get(name, ())), "")

    def repeated(self, name: str) -> bool:
        """Tell whether a parameter was sent more than once."""
        return len(self.values.get(name, ())) > 1

    def words(self, name: str) -> tuple[str, ...]:
        """Return a space-separated list, each word once, in order."""
        return tuple(dict.fromkeys(self[name].split()))
