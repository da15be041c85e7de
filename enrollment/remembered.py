"""What the server remembers between the two halves of a ceremony, as sealed JSON."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

from contracts.factor import Ask
from contracts.text import Text


@dataclass(frozen=True, slots=True)
class Remembered:
    """The factor's secret and what was asked, so that a person can be asked again alike.

    `handle` is what the same question is put under once more, where it is for one answer; `apart`
    names the counter that others are counted by in its place.
    """

    secret: bytes = field(repr=False)
    asks: tuple[Ask, ...]
    steps: int
    handle: str = field(default="", repr=False)
    apart: str = ""


def pack(remembered: Remembered) -> bytes:
    """Write it as JSON; the store seals it."""
    return json.dumps(
        {
            "secret": b64encode(remembered.secret).decode(),
            "steps": remembered.steps,
            "handle": remembered.handle,
            "apart": remembered.apart,
            "asks": [_ask(ask) for ask in remembered.asks],
        }
    ).encode()


def unpack(data: bytes) -> Remembered:
    """Read back what `pack` wrote."""
    found = json.loads(data)
    asks = tuple(_read(ask) for ask in found["asks"])
    kept = found.get("handle", ""), found.get("apart", "")  # what was begun before has none
    return Remembered(b64decode(found["secret"]), asks, found["steps"], *kept)


def _ask(ask: Ask) -> dict[str, Any]:
    return {
        "name": ask.name,
        "type": ask.type,
        "prompt": [ask.prompt.message, dict(ask.prompt.values), ask.prompt.plural],
        "options": dict(ask.options),
    }


def _read(found: dict[str, Any]) -> Ask:
    message, values, plural = found["prompt"]
    return Ask(found["name"], found["type"], Text(message, values, plural), found["options"])
