"""Settings of the authenticator app."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from verifiers.settings import FactorSettings


class TotpSettings(FactorSettings):
    """The strength of a seed and how far a clock may be off."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_TOTP_")

    secret_bytes: int = Field(ge=20, le=64, description="Bytes of a new seed.")
    adopted_secret_bytes: int = Field(ge=10, description="Fewest bytes of an imported seed.")
    window: int = Field(ge=0, le=2, description="Steps of 30 s accepted before and after now.")
    tries: int = Field(ge=1, le=10, description="Wrong answers allowed in one ceremony.")
