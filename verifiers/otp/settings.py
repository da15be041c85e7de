"""Settings of the one-time codes sent to an address."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from verifiers.settings import FactorSettings


class OtpSettings(FactorSettings):
    """The shape and life of a code, and which addresses are taken."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_OTP_")

    digits: int = Field(ge=6, le=10, description="Digits of a code.")
    lifetime_seconds: int = Field(ge=30, le=600, description="Seconds a code is valid.")
    tries: int = Field(ge=1, le=10, description="Wrong answers allowed for one code.")
    phone: bool = Field(
        default=True,
        description="Take phone numbers; needs Twilio or a webhook that delivers to them.",
    )
    region: str | None = Field(
        default=None,
        pattern="^[A-Z]{2}$",
        description="Country (ISO 3166-1) of numbers typed without +; none: + is needed.",
    )
