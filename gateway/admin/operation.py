"""One thing that operators can do: what it takes and gives, who may, and where the API has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field

from contracts.text import Text
from gateway.admin.actor import Actor
from gateway.admin.roles import EVERYONE, Role

CHANGED = Text("Somebody changed this in the meantime: look at it anew, then change it again.")
"""For a Conflict: the version that was sent is no longer the one there is."""

PAGE = 50
MOST = 200

RowVersion = Annotated[int, Field(le=2**31 - 1)]
"""The version of a row, as every database can hold it."""


class Model(BaseModel):
    """What is taken or given: nothing that is not named, and nothing that is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Model):
    """Nothing at all."""


class Paged(Model):
    """Which page of a list; `after` is what the page before it said is `next`."""

    after: str = Field("", max_length=512, description="`next` of the page before; empty: first")
    limit: int = Field(PAGE, ge=1, le=MOST, description="How many at most")


@dataclass(frozen=True, slots=True)
class Said:
    """What the decorator says of an operation."""

    method: str
    path: str
    roles: frozenset[Role]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, bound to what carries it out.

    `path` is below the API's; names in braces are members of what it takes. `fresh`, whoever calls
    has logged in just now. Its summary is the docstring's first line.
    """

    name: str
    said: Said
    takes: type[BaseModel]
    gives: type[BaseModel]
    summary: str
    run: Callable[[Actor, Any], BaseModel]

    @property
    def in_path(self) -> list[str]:
        """The names of the members that the path holds."""
        return re.findall(r"{(\w+)}", self.said.path)

    @property
    def in_body(self) -> bool:
        """Whether its other members come in a body; those of GET and DELETE are in the query."""
        return self.said.method not in {"GET", "DELETE"}

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return self.said.method != "GET"


Run = TypeVar("Run", bound=Callable[..., BaseModel])

_SAID: dict[Callable[..., Any], Said] = {}


def operation(
    method: str, path: str, *, roles: frozenset[Role] = EVERYONE, fresh: bool = False
) -> Callable[[Run], Run]:
    """Make a method `(self, actor, taken) -> given` an operation; both are models."""

    def note(run: Run) -> Run:
        _SAID[run] = Said(method, path, roles, fresh)
        return run

    return note


def operations(calls: object) -> Iterator[Operation]:
    """Return the operations of an object, named after its class and its methods."""
    kind = type(calls)
    for name, method in vars(kind).items():
        if (said := _said(method)) is not None:
            yield _bound(calls, f"{kind.__name__.lower()}.{name.rstrip('_')}", method, said)


def _said(method: object) -> Said | None:
    return _SAID.get(method) if callable(method) else None


def _bound(calls: object, name: str, method: Callable[..., Any], said: Said) -> Operation:
    hints = get_type_hints(method)
    gives = hints.pop("return")
    [takes] = [hint for hint in hints.values() if hint is not Actor]
    summary = (method.__doc__ or "").partition("\n")[0]
    run: Callable[[Actor, Any], BaseModel] = method.__get__(calls)
    return Operation(name, said, takes, gives, summary, run)
