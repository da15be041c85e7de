"""JSON of strangers (RFC 8259): no member twice, no depth without end, nothing that is not JSON."""

from __future__ import annotations

import json
import math
from typing import Any

DEPTH = 16


def parse(data: bytes, depth: int = DEPTH) -> Any:  # noqa: ANN401 - whatever the document holds
    """Return the value of a document. Raises ValueError, which repeats nothing of it."""
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except (json.JSONDecodeError, UnicodeError) as error:
        raise ValueError("not JSON in UTF-8") from error
    _walk(value, depth)
    return value


def parse_object(data: bytes, depth: int = DEPTH) -> dict[str, Any]:
    """Return the members of an object. Raises ValueError."""
    value = parse(data, depth)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is there twice")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(number: str) -> float:
    """Refuse a number beyond all bounds, which would be written as a constant that is not JSON."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError("a number beyond all bounds")
    return value


def _walk(value: object, depth: int) -> None:
    """Refuse what is nested too deeply, and text that no database and no page can hold."""
    if depth < 0:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        _storable(value)
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    for part in inner if isinstance(inner, list) else ():
        _walk(part, depth - 1)


def _storable(text: str) -> None:
    try:
        text.encode()
    except UnicodeError as error:
        raise ValueError("a lone surrogate in a text") from error
    if "\0" in text:
        raise ValueError("a NUL in a text")
