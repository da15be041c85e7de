"""Settings of passkeys."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from webauthn.helpers.structs import ResidentKeyRequirement, UserVerificationRequirement

from verifiers.settings import FactorSettings


class WebauthnSettings(FactorSettings):
    """Who the relying party is and what it asks of authenticators."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_WEBAUTHN_")

    rp_id: str | None = Field(
        default=None,
        description="Relying party id: the host of the issuer, which is meant by none, or a domain "
        "that it is under; passkeys are bound to it for good",
    )
    origins: list[str] = Field(
        default=[],
        description="Origins passkeys are used on, as JSON, published as related origins; none: "
        "the issuer's",
    )
    resident_key: ResidentKeyRequirement = Field(
        default=ResidentKeyRequirement.REQUIRED,
        description="Whether the passkey must name its account by itself (log in without a name).",
    )
    user_verification: UserVerificationRequirement = Field(
        default=UserVerificationRequirement.REQUIRED,
        description="Whether finger, face or PIN must unlock the passkey each time.",
    )
    timeout_seconds: int = Field(ge=30, le=300, description="Seconds a challenge is valid.")
    min_rsa_bits: int = Field(ge=2048, description="Smallest RSA key accepted, in bits.")
    attestation: Literal["none", "indirect", "direct"] = Field(
        default="none",
        description="What an authenticator is asked to say of its model, signed by its maker.",
    )
    aaguids: list[UUID] = Field(
        default=[],
        description="Models whose verified attestation counts (`aal3`), as JSON; none: no model",
    )
    attested_only: bool = Field(
        default=False, description="Refuse passkeys whose model is not verified to be one of these."
    )
    metadata: Path | None = Field(
        default=None,
        description="File in which `gatehouse passkeys` keeps what is known of models; none: "
        "nothing is known",
    )
