"""Details of a type that is gone, removed while a person was on the way to them."""

from __future__ import annotations

import json
from typing import Any

from contracts.text import as_it_is
from gateway.oidc.resources.types.type import Detail, Shown
from gateway.oidc.resources.visible import Piece, pieces


def shown(detail: Detail) -> Shown:
    """Return every member by its own name: what is allowed is seen, if in no better words."""
    members = ((name, value) for name, value in detail.items() if name != "type")
    rows = tuple((as_it_is(name), _words(value)) for name, value in members)
    return Shown(as_it_is(detail["type"]), rows)


def _words(value: Any) -> tuple[Piece, ...]:  # noqa: ANN401 - whatever was sent and checked
    return pieces(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
