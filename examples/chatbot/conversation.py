"""What the chatbot remembers of one browser, and what it shows of its token."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

SHOWN = ("sub", "acr", "amr", "auth_time", "exp")


@dataclass
class Chat:
    """What this server remembers of one browser."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    token: dict[str, Any] | None = None
    id_token: str = ""
    sid: str = ""
    pending: str = ""
    asked: dict[str, str] | None = None

    def say(self, who: str, text: str) -> None:
        self.lines = [*self.lines[-49:], (who, text)]


def shown(token: dict[str, Any] | None) -> dict[str, str]:
    """Return the claims a person may like to see; the backend is who verifies them."""
    if token is None:
        return {}
    part = token["access_token"].split(".")[1]
    claims = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return {name: _readable(claims[name]) for name in SHOWN if name in claims}


def _readable(value: str | int | list[str]) -> str:
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).strftime("%H:%M:%S UTC")
    return ", ".join(value) if isinstance(value, list) else str(value)
