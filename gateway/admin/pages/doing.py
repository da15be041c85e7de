"""The form of one operation: what it begins with, what was typed, and the asking itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from contracts.errors import Conflict, GatehouseError
from contracts.text import Text, as_it_is
from gateway.admin.pages.fields import Field, Mistyped, fields, read, written
from gateway.admin.pages.shapes import Action
from gateway.admin.pages.shown import Row, Shown, shown
from gateway.admin.pages.visit import Visit

ABOUT = {"person": ("people.get", "username")}
"""Members that name something by its id: which operation gives it, and what it is called."""
VERSION, WAS = "version", "was"
MEANWHILE = Text(
    "Somebody else has changed this meanwhile. What it is now stands beside each input that "
    "differs; send the form again to put yours in its place."
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it is shown: what it is about, its inputs, and what went wrong with them."""

    action: Action
    about: Sequence[Shown]
    first: Sequence[Field]
    more: Sequence[Field]
    hidden: Mapping[str, str]
    error: Text | None = None
    member: str = ""

    @property
    def wrong(self) -> Field | None:
        """The input that is wrong, where one is."""
        return next((f for f in (*self.first, *self.more) if f.name == self.member), None)

    @property
    def open(self) -> bool:
        """Whether one of the further inputs must be seen."""
        return any(each.now is not None or each is self.wrong for each in self.more)


class Doing:
    """One operator's way through one form."""

    def __init__(self, visit: Visit, action: Action, request: Request) -> None:
        """Read the request: its query names what is acted on, its form is what was typed."""
        self.action = action
        self._visit = visit
        takes = visit.operation(action.operation).takes
        known = takes.model_fields
        self._given = {name: value for name, value in request.args.items() if name in known}
        self._form = _whole(request, action)
        self._versioned = VERSION in known and VERSION not in self._given
        self._fields = self._asked(takes)

    def begun(self) -> Filled:
        """Return the form as it begins."""
        start = self._start()
        held = [f.holding(start[f.name]) if f.name in start else f for f in self._fields]
        return self._filled(held, self._hidden(start, held))

    def again(self, error: GatehouseError) -> Filled:
        """Return the form as it was sent, with what is wrong; what changed meanwhile, too."""
        typed = [replace(each, typed=each.as_typed(self._form)) for each in self._fields]
        hidden = {name: self._form[name] for name in (VERSION, WAS) if name in self._form}
        if isinstance(error, Conflict) and self._versioned and self.action.begins:
            return self._overtaken(typed)
        return self._filled(typed, hidden, *_said(error))

    def done(self) -> tuple[Row, Row]:
        """Ask for the operation; return what was sent and what it gave. Raises what it raises."""
        version = {VERSION: self._form.get(VERSION, "")} if self._versioned else {}
        taken = {**self._taken(), **version, **self._given}
        return taken, self._visit.call(self.action.operation, taken)

    def _asked(self, takes: type[BaseModel]) -> Sequence[Field]:
        leaves = frozenset(self._given) | {VERSION} | self.action.leaves
        kinds = self.action.kinds
        return [replace(f, kind=kinds.get(f.name, f.kind)) for f in fields(takes, leaves)]

    def _taken(self) -> Row:
        unless = self._was() if self.action.begins else None
        return read(self._fields, self._form, unless=unless)

    def _was(self) -> dict[str, str]:
        """Return what the form began with, as it says: it decides nothing but what is sent."""
        try:
            was = json.loads(self._form.get(WAS) or "{}")
        except (ValueError, RecursionError):
            was = None
        return was if isinstance(was, dict) else {}

    def _start(self) -> Row:
        if not self.action.begins:
            return {}
        takes = self._visit.operation(self.action.begins).takes.model_fields
        given = {name: value for name, value in self._given.items() if name in takes}
        return self._visit.call(self.action.begins, given)

    def _overtaken(self, typed: Sequence[Field]) -> Filled:
        start, was = self._start(), self._was()
        now = {f.name: written(start.get(f.name)) for f in typed}
        marked = [
            replace(f, now=now[f.name]) if now[f.name] not in {was.get(f.name), f.typed} else f
            for f in typed
        ]
        hidden = self._hidden(start, [f.holding(start.get(f.name)) for f in typed])
        return self._filled(marked, hidden, MEANWHILE)

    def _hidden(self, start: Row, held: Sequence[Field]) -> Mapping[str, str]:
        version = {VERSION: str(start.get(VERSION, ""))} if self._versioned else {}
        was = {WAS: json.dumps({f.name: f.typed for f in held})} if self.action.begins else {}
        return {**version, **was}

    def _filled(
        self,
        held: Sequence[Field],
        hidden: Mapping[str, str],
        error: Text | None = None,
        member: str = "",
    ) -> Filled:
        first = self.action.first or [f.name for f in held]
        seen = [f for name in first for f in held if f.name == name]
        more = [f for f in held if f.name not in first]
        return Filled(self.action, self._about(), seen, more, hidden, error, member)

    def _about(self) -> Sequence[Shown]:
        return [self._named(name, value) for name, value in self._given.items() if name != VERSION]

    def _named(self, name: str, value: str) -> Shown:
        operation, called = ABOUT.get(name, ("", ""))
        if not operation:
            return shown(name, value)
        return replace(shown(called, self._visit.call(operation, {name: value})[called]))


def _whole(request: Request, action: Action) -> MultiDict[str, str]:
    """Return what was sent, each file as its operation takes it: as text, or in base64."""
    sent = MultiDict(request.form.items(multi=True))
    for name, file in request.files.items():
        content = file.read()
        encoded = base64.b64encode(content).decode()
        text = content.decode("utf-8-sig", "surrogateescape")
        sent[name] = encoded if action.kinds.get(name) == "image" else text
    return sent


def _said(error: GatehouseError) -> tuple[Text, str]:
    """Return what is wrong, and with which member, where the error says it."""
    if isinstance(error, Mistyped):
        return error.public, error.member
    place, _, reason = str(error.public).partition(": ")
    member = place.partition(".")[0]
    return (as_it_is(reason), member) if reason and member.isidentifier() else (error.public, "")
