"""Settings of passkeys."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from webauthn.helpers.structs import ResidentKeyRequirement, UserVerificationRequirement

from verifiers.settings import FactorSettings


class WebauthnSettings(FactorSettings):
    """Who the relying party is and what it asks of authenticators."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_WEBAUTHN_")

    rp_id: str | None = Field(
        default=None, description="Relying party id; none: the host of the issuer."
    )
    origins: list[str] = Field(
        default=[], description="Origins passkeys are used on, as JSON; none: the issuer's."
    )
    resident_key: ResidentKeyRequirement = Field(
        default=ResidentKeyRequirement.REQUIRED,
        description="Whether the passkey must name its account by itself (log in without a name).",
    )
    user_verification: UserVerificationRequirement = Field(
        default=UserVerificationRequirement.REQUIRED,
        description="Whether finger, face or PIN must unlock the passkey each time.",
    )
    timeout_seconds: int = Field(ge=30, le=600, description="Seconds a challenge is valid.")
    min_rsa_bits: int = Field(ge=2048, description="Smallest RSA key accepted, in bits.")
