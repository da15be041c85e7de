"""Settings of factors: the environment over numbers that ship in a file beside their source."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from contracts.errors import Misconfigured
from contracts.text import as_it_is


class FactorSettings(BaseSettings):
    """The settings of one factor.

    No limit has a default in code: it ships as `{"value": ..., "source": ...}` in `limits.json`
    beside the class, and the environment overrides it.
    """

    model_config = SettingsConfigDict(frozen=True)

    @classmethod
    def load(cls) -> Self:
        """Read the settings. Raises Misconfigured naming the variables that are wrong."""
        try:
            return cls()
        except ValidationError as error:
            raise _wrong(cls.model_config.get("env_prefix", ""), error) from None

    @classmethod
    def shipped(cls) -> dict[str, Any]:
        """Return the values that hold where the environment is silent."""
        file = Path(inspect.getfile(cls)).with_name("limits.json")
        limits = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return {name: limit["value"] for name, limit in limits.items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic's signature)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment over the shipped values."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, cls.shipped())


def _wrong(prefix: str, error: ValidationError) -> Misconfigured:
    def line(where: tuple[int | str, ...], message: str) -> str:
        return f"{prefix}{str(where[0]).upper()}: {message}" if where else message

    lines = [line(each["loc"], each["msg"]) for each in error.errors()]
    return Misconfigured(as_it_is("; ".join(lines)))
