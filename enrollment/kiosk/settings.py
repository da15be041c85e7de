"""Every setting of the kiosk machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.errors import Misconfigured

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def _house(name: str) -> AliasChoices:
    """Read a setting of this kiosk, else the gateway's of the same name."""
    return AliasChoices(f"GATEHOUSE_KIOSK_{name}", f"GATEHOUSE_{name}")


class KioskSettings(BaseSettings):
    """Settings of the kiosk, read from environment variables `GATEHOUSE_KIOSK_*`."""

    model_config = SettingsConfigDict(
        env_prefix="GATEHOUSE_KIOSK_", frozen=True, extra="ignore", populate_by_name=True
    )

    gateway: str = Field(
        default="http://localhost:8080",
        description="Public address of the gateway, exactly its issuer; https unless it is this "
        "machine",
    )
    data: Path = Field(
        default=Path("var/kiosk"),
        description="Folder of the key that the kiosk signs its calls with",
    )
    port: int = Field(
        default=8090, description="Port of the page, on 127.0.0.1 only", ge=1, le=65535
    )
    microphone: str = Field(
        default="",
        description="Id of the microphone (`gatehouse devices list`); default the first one",
    )
    env: Literal["production", "development", "test"] = Field(
        default="production",
        validation_alias=_house("ENV"),
        description="Where this runs, `GATEHOUSE_ENV` if unset; `production` refuses simulated "
        "sensors",
    )
    simulators: bool = Field(
        default=False,
        validation_alias=_house("SIMULATORS"),
        description="Allow simulated sensors; `GATEHOUSE_SIMULATORS` if unset",
    )
    service_name: str = Field(
        default="Gatehouse",
        validation_alias=_house("SERVICE_NAME"),
        description="Name shown on the page; `GATEHOUSE_SERVICE_NAME` if unset",
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        gateway = urlsplit(self.gateway)
        local = gateway.scheme == "http" and gateway.hostname in LOCAL
        if not local and gateway.scheme != "https":
            raise ValueError("GATEHOUSE_KIOSK_GATEWAY must be an https address")
        return self

    @property
    def issuer(self) -> str:
        """The gateway's address as proofs name it."""
        return self.gateway.rstrip("/")

    @property
    def identity(self) -> Path:
        """File of the station's id and key."""
        return self.data / "station.json"


def load() -> KioskSettings:
    """Read the settings from the environment. Raises Misconfigured with one line."""
    try:
        return KioskSettings()
    except ValidationError as error:
        problem = error.errors()[0]
        where = " ".join(map(str, problem["loc"]))
        raise Misconfigured(detail=f"kiosk: {where} {problem['msg']}".strip()) from error
