"""The one way to an operation, whether a page, the API or a command asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from contracts.errors import BadRequest, NotAllowed
from contracts.text import Text, as_it_is
from gateway.admin.actor import Actor
from gateway.admin.operation import Operation, operations
from store import Store
from store.acting import acting

REFUSED = Text("Your role does not let you do this. Ask an admin.")


class Desk:
    """Knows the operations, and who may ask for which."""

    def __init__(self, store: Store, calls: Iterable[object]) -> None:
        """Take the objects that carry operations out."""
        self._store = store
        self.operations: Mapping[str, Operation] = {
            found.name: found for each in calls for found in operations(each)
        }

    def call(self, actor: Actor, name: str, fields: Mapping[str, Any]) -> BaseModel:
        """Do it, in the name of `actor`. Raises NotAllowed, BadRequest, and what it itself raises.

        Whoever may not is told so before anything they sent is looked at.
        """
        found = self.operations[name]
        self._admit(actor, found)
        taken = read(found.takes, fields)
        with acting(actor.id, actor.name, actor.address):
            return found.run(actor, taken)

    def may(self, actor: Actor, name: str) -> bool:
        """Tell whether an actor may ask for an operation."""
        return actor.role in self.operations[name].said.roles

    def _admit(self, actor: Actor, found: Operation) -> None:
        if actor.role in found.said.roles:
            return
        with acting(actor.id, actor.name, actor.address), self._store.write() as tx:
            tx.audit.add("admin.refused", detail={"operation": found.name, "role": actor.role})
        raise NotAllowed(REFUSED, detail=f"{actor.role} asked for {found.name}")


def read(takes: type[BaseModel], fields: Mapping[str, Any]) -> BaseModel:
    """Read what was sent. Raises BadRequest that names the member and the reason, not the value."""
    try:
        return takes.model_validate(dict(fields))
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        reason = problem["msg"].removeprefix("Value error, ")
        raise BadRequest(as_it_is(f"{place}: {reason}" if place else reason)) from None
