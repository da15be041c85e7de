"""The form of the policy: an input for each setting that admins may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from werkzeug.wrappers import Request

from contracts.text import Text, as_it_is
from gateway.admin.pages.doing import VERSION, Doing
from gateway.admin.pages.fields import FALSE, TRUE, Field, Mistyped, fields, written
from gateway.admin.pages.shapes import Action
from gateway.admin.pages.shown import Row
from gateway.admin.pages.visit import Visit

VALUES, ADMIN = "values", "admin"
NO_NUMBER = Text("This is no number.")
KINDS = {"integer": "number", "array": "lines"}


class Governing(Doing):
    """A way through the form of the policy; an empty input leaves it to the environment."""

    def __init__(self, visit: Visit, action: Action, request: Request) -> None:
        """Read the policy that holds, and what was typed."""
        self._holds = visit.call(action.begins, {})
        super().__init__(visit, action, request)

    def _asked(self, takes: type[BaseModel]) -> Sequence[Field]:
        settings = [_field(each) for each in self._holds["settings"]]
        return [*settings, *fields(takes, frozenset({VALUES, VERSION}))]

    def _start(self) -> Row:
        settings = self._holds["settings"]
        own = {each["name"]: each["value"] for each in settings if each["origin"] == ADMIN}
        return {**own, VERSION: self._holds[VERSION]}

    def _taken(self) -> Row:
        kinds = {each["name"]: each["kind"] for each in self._holds["settings"]}
        typed = {each.name: each.as_typed(self._form).strip() for each in self._fields}
        values = {
            name: _value(name, kind, typed[name]) for name, kind in kinds.items() if typed[name]
        }
        return {VALUES: values, **{name: typed[name] for name in typed if name not in kinds}}


def _field(setting: Mapping[str, Any]) -> Field:
    words = (TRUE, FALSE) if setting["kind"] == "boolean" else setting["choices"]
    choices = tuple((value, as_it_is(value)) for value in words)
    kind = "choice" if choices else KINDS.get(setting["kind"], "text")
    limits = {"min": setting["minimum"], "max": setting["maximum"]}
    bounds = {name: bound for name, bound in limits.items() if bound is not None}
    return Field(
        setting["name"],
        as_it_is(setting["name"]),
        setting["meaning"],
        kind,
        required=False,
        choices=choices,
        bounds=bounds,
        unset=written(setting["environment"]).replace("\n", ", "),
    )


def _value(name: str, kind: str, typed: str) -> object:
    match kind:
        case "boolean":
            return typed == TRUE
        case "integer":
            return _number(name, typed)
        case "array":
            return [line.strip() for line in typed.splitlines() if line.strip()]
    return typed


def _number(name: str, typed: str) -> int:
    try:
        return int(typed)
    except ValueError:
        raise Mistyped(name, NO_NUMBER) from None
