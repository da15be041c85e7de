"""An operator at a page, and all that a page may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.admin.actor import Actor
from gateway.admin.desk import Desk
from gateway.admin.operation import Operation


@dataclass(frozen=True, slots=True)
class Visit:
    """An operator at a page. Whatever a page shows or does goes through `call`."""

    actor: Actor
    desk: Desk

    def call(self, name: str, taken: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask for an operation; return the members of what it gives. Raises what it raises."""
        return self.desk.call(self.actor, name, taken).model_dump()

    def may(self, name: str) -> bool:
        """Tell whether this operator may ask for an operation."""
        return name in self.desk.operations and self.desk.may(self.actor, name)

    def operation(self, name: str) -> Operation:
        """Return an operation by its name."""
        return self.desk.operations[name]
