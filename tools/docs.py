"""Writes what is made of the code itself: the tables of settings and of roles, the API."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from enrollment.kiosk.settings import KioskSettings
from gateway.admin import openapi
from gateway.admin.opened import CALLS
from gateway.admin.operation import Operation
from gateway.admin.roles import Role
from gateway.inference.settings import InferenceSettings
from gateway.settings import Policy, Settings
from hardware import registry as drivers
from verifiers import registry as factors
from verifiers.models import ModelsSettings
from verifiers.settings import FactorSettings

ROOT = Path(__file__).resolve().parents[1]
README, OPENAPI = ROOT / "README.md", ROOT / "docs" / "openapi.json"
SETTINGS = ROOT / "docs" / "operators" / "settings.md"
ROLES = ROOT / "docs" / "operators" / "roles.md"
SERVER = "https://login.example.org/admin/api"
HEAD = ("| Variable | Default | Meaning |", "|---|---|---|")


def main() -> None:
    """Rewrite the files; with `--check` only say which of them that would change."""
    wanted = generated()
    old = [
        file.name for file, text in wanted.items() if not file.exists() or file.read_text() != text
    ]
    if "--check" in sys.argv:
        sys.exit(f"Old: {', '.join(old)}. Run: make docs" if old else 0)
    for file, text in wanted.items():
        file.write_text(text)


def generated() -> dict[Path, str]:
    """Return every file that is made, with what it should hold."""
    return {
        README: filled(README.read_text(), "settings", table()),
        SETTINGS: filled(filled(SETTINGS.read_text(), "machine", machine()), "policy", governed()),
        OPENAPI: api(),
        ROLES: filled(ROLES.read_text(), "roles", permissions()),
    }


def api() -> str:
    """Return the description of the admin API."""
    found = openapi.document(openapi.catalogue(CALLS), SERVER)
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def permissions() -> str:
    """Return every operation as a row of a table: what it does, and who may."""
    head = ["Operation", "What it does", *Role, "Fresh"]
    return "\n".join([_row(head), _row(["---"] * len(head)), *map(_permission, _operations())])


def _operations() -> list[Operation]:
    found = openapi.catalogue(CALLS)
    return [found[name] for name in sorted(found)]


def _permission(found: Operation) -> str:
    may = ("x" if role in found.said.roles else "" for role in Role)
    return _row([f"`{found.name}`", found.summary, *may, "x" if found.said.fresh else ""])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def filled(text: str, name: str, made: str) -> str:
    """Return the text with what is made now between the marks of this name."""
    first, last = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    begin, end = text.index(first) + len(first), text.index(last)
    return f"{text[:begin]}\n{made}\n\n{text[end:]}"


def table() -> str:
    """Return every setting as a row of a table."""
    return "\n".join([*HEAD, *(row for each in classes() for row in rows(each))])


def machine() -> str:
    """Return the settings that whoever runs the machine sets alone."""
    mine = [row for name, row in named(Settings) if name not in Policy.model_fields]
    return "\n".join([*HEAD, *mine, *(row for each in classes()[1:] for row in rows(each))])


def governed() -> str:
    """Return the settings that admins may overrule, with their bounds."""
    head = ("| Name | Default | Bounds | Meaning |", "|---|---|---|---|")
    schema = Policy.model_json_schema()["properties"]
    return "\n".join([*head, *(_bounded(name, said) for name, said in schema.items())])


def _bounded(name: str, said: dict[str, Any]) -> str:
    bounds = [str(said[each]) for each in ("minimum", "maximum") if each in said]
    within = " to ".join(bounds) if len(bounds) > 1 else "".join(f"from {low}" for low in bounds)
    choices = ", ".join(f"`{each}`" for each in said.get("enum", ()))
    return _row([f"`{name}`", _shown(said["default"]), choices or within, said["description"]])


def classes() -> list[type[BaseSettings]]:
    """Return the settings of the gateway, of the pool, of factors, drivers and the kiosk."""
    return [
        Settings,
        InferenceSettings,
        ModelsSettings,
        *factors.settings(),
        *drivers.settings(),
        KioskSettings,
    ]


def rows(settings: type[BaseSettings]) -> Iterator[str]:
    """Return a row for each field."""
    return (row for _, row in named(settings))


def named(settings: type[BaseSettings]) -> Iterator[tuple[str, str]]:
    """Return a row for each field, with its name."""
    prefix = settings.model_config.get("env_prefix", "")
    shipped = settings.shipped() if issubclass(settings, FactorSettings) else {}
    for name, field in settings.model_fields.items():
        default = shipped.get(name, _default(field))
        meaning = (field.description or "").rstrip(".")
        yield name, f"| `{prefix}{name.upper()}` | {_shown(default)} | {meaning} |"


def _default(field: FieldInfo) -> object:
    default = field.get_default(call_default_factory=True, validated_data={})
    return "required" if default is PydanticUndefined else default


def _shown(default: object) -> str:
    if default in (None, "", [], ()):
        return ""
    plain = default.value if isinstance(default, Enum) else default
    return f"`{str(plain).lower() if isinstance(plain, bool) else plain}`"


if __name__ == "__main__":
    main()
