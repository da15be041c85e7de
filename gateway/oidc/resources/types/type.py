"""What a type of authorization details must do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from contracts.text import Text
from gateway.oidc.resources.visible import Piece

Detail = Mapping[str, Any]
"""One object of `authorization_details`, as sent."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One object in words: rows of a name and a value, or one text in full."""

    title: Text
    rows: tuple[tuple[Text, tuple[Piece, ...]], ...] = ()
    message: tuple[Piece, ...] = ()


class Type(Protocol):
    """One type: how it is validated, shown and kept."""

    def check(self, detail: Detail) -> None:
        """Raise ValueError where the object is not of this type (RFC 9396, section 5)."""
        ...

    def shown(self, detail: Detail) -> Shown:
        """Return the object in words for the person."""
        ...

    def kept(self, detail: Detail) -> dict[str, Any]:
        """Return what the grant and its tokens carry."""
        ...
