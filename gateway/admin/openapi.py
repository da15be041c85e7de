"""The description of the admin API (OpenAPI 3.1), made from the operations themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.admin.operation import Operation, operations

SMALL, LARGE = 64 * 1024, 1_500_000
"""Bytes of a body, and of one that holds a long text, such as people who are imported."""

REFERENCES = "#/components/schemas/{model}"
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
    paths: dict[str, dict[str, Any]] = {}
    for each in sorted(found.values(), key=lambda each: (each.said.path, each.said.method)):
        paths.setdefault(each.said.path, {})[each.said.method.lower()] = _operation(each)
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
            "schemas": {**_schemas(found.values()), "Error": ERROR},
            "securitySchemes": {"token": TOKEN},
        },
    }


@cache
def lists(takes: type[BaseModel]) -> frozenset[str]:
    """Return the members of a model that are lists: in a query they are there several times."""
    properties = takes.model_json_schema().get("properties", {})
    return frozenset(name for name, schema in properties.items() if schema.get("type") == "array")


@cache
def shaped(takes: type[BaseModel]) -> frozenset[str]:
    """Return the members of a model whose form is known."""
    properties = takes.model_json_schema().get("properties", {})
    return frozenset(name for name, schema in properties.items() if "pattern" in schema)


@cache
def largest(takes: type[BaseModel]) -> int:
    """Return how many bytes the body of what is taken may have."""
    properties = takes.model_json_schema().get("properties", {}).values()
    longest = max((schema.get("maxLength", 0) for schema in properties), default=0)
    return LARGE if longest > SMALL // 2 else SMALL


def _operation(found: Operation) -> dict[str, Any]:
    told = {
        "operationId": found.name,
        "tags": [found.name.partition(".")[0]],
        "summary": found.summary.rstrip("."),
        "x-roles": sorted(found.said.roles),
        "x-fresh": found.said.fresh,
        "parameters": _parameters(found),
        "responses": _responses(found),
    }
    members = _in_body(found)
    return {**told, "requestBody": members} if members else told


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


def _responses(found: Operation) -> dict[str, Any]:
    given = {"$ref": REFERENCES.format(model=found.gives.__name__)}
    wrong = {"$ref": REFERENCES.format(model="Error")}
    return {
        "200": {"description": "Done.", "content": {"application/json": {"schema": given}}},
        **{
            status: {"description": why, "content": {"application/json": {"schema": wrong}}}
            for status, why in ERRORS.items()
        },
    }


def _schemas(found: Iterable[Operation]) -> dict[str, Any]:
    """Return the models that are given, with those within them."""
    models = {each.gives for each in found}
    named, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template=REFERENCES,
    )
    del named
    return dict(schemas.get("$defs", {}))


def _inlined(takes: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of what is taken, with the models within it written out in place."""
    schema = takes.model_json_schema()
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
