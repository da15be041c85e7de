"""What some factors keep of answers, so that nobody can give them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from contracts.factor import Enrolled, Template


@runtime_checkable
class Remembering(Protocol):
    """A factor whose templates know answers that were given: whoever enrols again keeps that."""

    def carry(self, template: Template, replaced: Sequence[Enrolled]) -> Template:
        """Return a new template that knows what those knew that it takes the place of."""
        ...
