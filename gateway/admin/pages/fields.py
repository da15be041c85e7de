"""Forms, as the models of operations say: which inputs, and what was typed into them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.pages.values import NO, YES, word
from gateway.admin.pages.words import label

Schema = Mapping[str, Any]
Form = MultiDict[str, str]

TRUE, FALSE = "true", "false"
NO_JSON = Text("This is no JSON.")
NO_TIME = Text("This is no time. Write it as in 2026-03-01T09:30.")
BOUNDS = {
    "minimum": "min",
    "maximum": "max",
    "minLength": "minlength",
    "maxLength": "maxlength",
}


class Mistyped(BadRequest):
    """What was typed cannot be read; `member` says where."""

    def __init__(self, member: str, public: Text) -> None:
        super().__init__(public)
        self.member = member


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `typed` is what it holds, and `unset` what holds where that is nothing.

    `now` is what somebody else has made of it meanwhile.
    """

    name: str
    label: Text
    hint: str
    kind: str
    required: bool
    choices: Sequence[tuple[str, Text]] = ()
    bounds: Mapping[str, int] = field(default_factory=dict)
    typed: str = ""
    unset: str = ""
    now: str | None = None

    @property
    def picked(self) -> Sequence[str]:
        """What is chosen, where several can be."""
        return self.typed.splitlines()

    def holding(self, value: object) -> Field:
        """Return the input with a value of an operation in it."""
        return replace(self, typed=written(value))

    def as_typed(self, form: Form) -> str:
        """Return what was sent for it, as text."""
        if self.kind == "tick":
            return TRUE if self.name in form else FALSE
        if self.kind == "several":
            return "\n".join(form.getlist(self.name))
        return form.get(self.name, "").replace("\r\n", "\n")


@cache
def fields(takes: type[BaseModel], leaves: frozenset[str] = frozenset()) -> tuple[Field, ...]:
    """Return the inputs for what an operation takes, but for some members."""
    schema = takes.model_json_schema()
    known, required = schema.get("$defs", {}), set(schema.get("required", ()))
    return tuple(
        _field(name, _plain(found, known), required=name in required)
        for name, found in schema.get("properties", {}).items()
        if name not in leaves
    )


def written(value: object) -> str:
    """Return a value as its input holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, list | tuple) and not any(isinstance(each, dict) for each in value):
        return "\n".join(map(str, value))
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, indent=1, ensure_ascii=False)
    return str(value)


def read(asked: Sequence[Field], form: Form, *, unless: Mapping[str, str] | None = None) -> Schema:
    """Return the members that were typed. Raises Mistyped.

    Those that are as in `unless`, what the form began with, are left out.
    """
    given = {each.name: each.as_typed(form) for each in asked}
    if unless is not None:
        changed = {name for name, typed in given.items() if typed != unless.get(name, "")}
        return {each.name: _value(each, given[each.name]) for each in asked if each.name in changed}
    said = [each for each in asked if each.required or given[each.name]]
    return {each.name: _value(each, given[each.name]) for each in said}


def _value(asked: Field, typed: str) -> object:
    match asked.kind:
        case "lines" | "several":
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case "json":
            return _json(asked.name, typed) if typed.strip() else {}
        case "moment":
            return _moment(asked.name, typed) if typed else None
        case "number" | "choice":
            return typed or None
    return typed


def _json(name: str, typed: str) -> object:
    try:
        return json.loads(typed)
    except (ValueError, RecursionError):
        raise Mistyped(name, NO_JSON) from None


def _moment(name: str, typed: str) -> datetime:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=UTC)
    except ValueError:
        raise Mistyped(name, NO_TIME) from None


def _field(name: str, schema: Schema, *, required: bool) -> Field:
    choices = _choices(name, schema)
    bounds = {BOUNDS[bound]: schema[bound] for bound in BOUNDS if bound in schema}
    kind = _kind(schema, choices)
    hint = schema.get("description", "")
    start = written(schema.get("default"))
    return Field(name, label(name), hint, kind, required, choices, bounds, start)


def _kind(schema: Schema, choices: Collection[object]) -> str:
    kind, items = schema.get("type"), schema.get("items", {})
    if kind == "boolean" and not schema.get("null"):
        return "tick"
    if kind == "array":
        return "several" if choices else "lines" if items.get("type") == "string" else "json"
    if choices:
        return "choice"
    if kind in {"integer", "number"}:
        return "number"
    if kind == "string":
        return "moment" if schema.get("format") == "date-time" else "text"
    return "json"


def _choices(name: str, schema: Schema) -> Sequence[tuple[str, Text]]:
    found = schema.get("items", schema)
    if schema.get("type") == "boolean":
        return ((TRUE, YES), (FALSE, NO)) if schema.get("null") else ()
    return tuple((value, word(name, value)) for value in found.get("enum", ()))


def _plain(schema: Schema, known: Mapping[str, Schema]) -> Schema:
    """Return a member's schema without references and alternatives; `null` where it may be null."""
    outer = {name: value for name, value in schema.items() if name in {"description", "default"}}
    if "$ref" in schema:
        schema = {**known[schema["$ref"].rpartition("/")[2]], **outer}
    if "items" in schema:
        return {**schema, "items": _plain(schema["items"], known)}
    if "const" in schema:
        return {**schema, "enum": [schema["const"]]}
    if "anyOf" not in schema:
        return schema
    ways = [each for each in schema["anyOf"] if each.get("type") != "null"]
    plain = _plain(ways[0], known) if len(ways) == 1 else {}
    return {**plain, **outer, "null": True}
