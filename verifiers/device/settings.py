"""Settings of the remembered device."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from verifiers.settings import FactorSettings


class DeviceSettings(FactorSettings):
    """Whether browsers are remembered, and for how long."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_DEVICE_")

    enabled: bool = Field(True, description="Whether people may have a browser remembered.")
    days: int = Field(ge=1, le=30, description="Days after which a browser is forgotten.")
    challenge_seconds: int = Field(ge=30, le=300, description="Seconds a browser has to answer.")

    @property
    def lifetime(self) -> timedelta:
        """For how long a device is remembered, from the day it was made and never longer."""
        return timedelta(days=self.days)
