"""Writes the table of settings into the README, from the settings themselves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from enrollment.kiosk.settings import KioskSettings
from gateway.inference.settings import InferenceSettings
from gateway.settings import Settings
from hardware import registry as drivers
from verifiers import registry as factors
from verifiers.models import ModelsSettings
from verifiers.settings import FactorSettings

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- settings -->\n", "<!-- /settings -->"
HEAD = ("| Variable | Default | Meaning |", "|---|---|---|")


def main() -> None:
    """Rewrite the README; with `--check` only say whether that would change it."""
    before = README.read_text()
    after = filled(before)
    if "--check" in sys.argv:
        sys.exit(after != before and "The README's settings are old. Run: make docs")
    README.write_text(after)


def filled(text: str) -> str:
    """Return the text with the present table between its marks."""
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return f"{text[:begin]}\n{table()}\n\n{text[end:]}"


def table() -> str:
    """Return every setting as a row of a table."""
    return "\n".join([*HEAD, *(row for each in classes() for row in rows(each))])


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
    prefix = settings.model_config.get("env_prefix", "")
    shipped = settings.shipped() if issubclass(settings, FactorSettings) else {}
    for name, field in settings.model_fields.items():
        default = shipped.get(name, _default(field))
        meaning = (field.description or "").rstrip(".")
        yield f"| `{prefix}{name.upper()}` | {_shown(default)} | {meaning} |"


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
