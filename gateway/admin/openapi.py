"""The description of the admin API (OpenAPI 3.1), made from the operations themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from gateway.admin.operation import Operation, operations

SMALL, LARGE = 64 * 1024, 1_500_000
"""Bytes of a body, and of one that holds a long text, such as people who are imported."""

REFERENCES = "#/components/schemas/{model}"
ERROR_REFERENCES = "#/components/responses/{status}"
LONG = re.compile(r"gateway__admin__calls__(\w+?)(?:_models)?__(\w+)")
ABOUT = (
    "Every operation of the admin pages and of `gatehouse admin`. Calls need an access token of "
    "this server for the resource that this API is, bound to a key (RFC 9449), of a login with a "
    "passkey (`acr` is `phr`) at most twelve hours ago. `x-roles` are the roles that may call; "
    "`x-fresh`, whoever calls has logged in just now (RFC 9470)."
)
ERRORS = {
    "400": "What was sent is malformed; the member and the reason are named.",
    "401": "There is no token, or a better one is needed: see WWW-Authenticate.",
    "403": "The role of the caller does not let them.",
    "409": "Somebody else changed it first, or it would leave nobody who can run the house.",
    "413": "The body is too large.",
    "429": "Too many attempts.",
    "503": "Something that is needed is down.",
}
ERROR = {
    "type": "object",
    "required": ["error", "error_description", "reference"],
    "properties": {
        "error": {"type": "string", "description": "A code for programs."},
        "error_description": {"type": "string", "description": "Words for people."},
        "reference": {"type": "string", "description": "What the log has it under."},
    },
}
TOKEN = {
    "type": "http",
    "scheme": "DPoP",
    "description": "An access token that is bound to a key (RFC 9449); Bearer is refused.",
}


def catalogue(calls: Iterable[type]) -> dict[str, Operation]:
    """Return the operations of classes, which are not built: what they say is all that is read."""
    return {found.name: found for kind in calls for found in operations(object.__new__(kind))}


def document(found: Mapping[str, Operation], server: str) -> dict[str, Any]:
    """Return the document; `server` is the address of the API."""
    schemas, names = _schemas(found.values())
    paths: dict[str, dict[str, Any]] = {}
    for each in sorted(found.values(), key=lambda each: (each.said.path, each.said.method)):
        described = _operation(each, names[each.gives])
        paths.setdefault(each.said.path, {})[each.said.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatehouse admin API",
            "version": version("gatehouse"),
            "description": ABOUT,
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Error": ERROR},
            "responses": {status: _error(why) for status, why in ERRORS.items()},
            "securitySchemes": {"token": TOKEN},
        },
    }


def members(takes: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the schemas of the members of a model, by name."""
    found: dict[str, dict[str, Any]] = _inlined(takes).get("properties", {})
    return found


@cache
def lists(takes: type[BaseModel]) -> frozenset[str]:
    """Return the members of a model that are lists: in a query they are there several times."""
    found = members(takes).items()
    return frozenset(name for name, schema in found if "array" in _types(schema))


@cache
def shaped(takes: type[BaseModel]) -> frozenset[str]:
    """Return the members of a model whose form is known."""
    return frozenset(name for name, schema in members(takes).items() if "pattern" in schema)


@cache
def largest(takes: type[BaseModel]) -> int:
    """Return how many bytes the body of what is taken may have."""
    longest = max((schema.get("maxLength", 0) for schema in members(takes).values()), default=0)
    return LARGE if longest > SMALL // 2 else SMALL


def _operation(found: Operation, answer: str) -> dict[str, Any]:
    given = {"$ref": REFERENCES.format(model=answer)}
    done = {"description": "Done.", "content": {"application/json": {"schema": given}}}
    refused = {status: {"$ref": ERROR_REFERENCES.format(status=status)} for status in ERRORS}
    told = {
        "operationId": found.name,
        "tags": [found.name.partition(".")[0]],
        "summary": found.summary.rstrip("."),
        "x-roles": sorted(found.said.roles),
        "x-fresh": found.said.fresh,
        "parameters": _parameters(found),
        "responses": {"200": done, **refused},
    }
    body = _in_body(found)
    return {**told, "requestBody": body} if body else told


def _parameters(found: Operation) -> list[dict[str, Any]]:
    schema = _inlined(found.takes)
    needed = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "in": "path" if name in found.in_path else "query",
            "required": name in found.in_path or name in needed,
            "description": member.get("description", ""),
            "schema": {key: value for key, value in member.items() if key != "description"},
        }
        for name, member in schema.get("properties", {}).items()
        if name in found.in_path or not found.in_body
    ]


def _in_body(found: Operation) -> dict[str, Any]:
    schema = _inlined(found.takes)
    properties = schema.get("properties", {})
    left = {name: each for name, each in properties.items() if name not in found.in_path}
    if not left or not found.in_body:
        return {}
    required = [name for name in schema.get("required", ()) if name in left]
    whole: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": left}
    whole.update({"required": required} if required else {})
    return {"required": bool(required), "content": {"application/json": {"schema": whole}}}


def _error(why: str) -> dict[str, Any]:
    schema = {"$ref": REFERENCES.format(model="Error")}
    return {"description": why, "content": {"application/json": {"schema": schema}}}


def _schemas(
    found: Iterable[Operation],
) -> tuple[dict[str, Any], dict[type[BaseModel], str]]:
    """Return the models that are given, with those within them, and the name of each."""
    models = sorted({each.gives for each in found}, key=repr)
    references, schemas = models_json_schema(
        [(model, "serialization") for model in models],
        ref_template=REFERENCES,
        schema_generator=Untitled,
    )
    named = {
        model: _short(str(references[model, "serialization"]["$ref"]).rpartition("/")[2])
        for model in models
    }
    inside: dict[str, Any] = json.loads(_short(json.dumps(schemas.get("$defs", {}))))
    return inside, named


def _short(text: str) -> str:
    """Shorten the names that pydantic gives to models of one name: `people.Found`."""
    return LONG.sub(r"\1.\2", text)


class Untitled(GenerateJsonSchema):
    """Leaves out the titles, which only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's
        """Set none."""
        return False


def _types(schema: Mapping[str, Any]) -> set[str]:
    """Return what a member may be; one that may be null has a list of schemas."""
    return {str(each.get("type", "")) for each in (schema, *schema.get("anyOf", ()))}


def _inlined(takes: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of what is taken, with the models within it written out in place."""
    schema = takes.model_json_schema(schema_generator=Untitled)
    inner = schema.pop("$defs", {})

    def written(part: Any) -> Any:  # noqa: ANN401 - whatever a schema holds
        if isinstance(part, list):
            return [written(each) for each in part]
        if not isinstance(part, dict):
            return part
        if reference := part.get("$ref"):
            beside = {name: each for name, each in part.items() if name != "$ref"}
            return {**written(inner[reference.rpartition("/")[2]]), **beside}
        return {name: written(each) for name, each in part.items()}

    whole: dict[str, Any] = written(schema)
    return whole
