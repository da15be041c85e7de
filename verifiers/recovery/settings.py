"""Settings of recovery codes."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from verifiers.settings import FactorSettings


class RecoverySettings(FactorSettings):
    """How many codes a set has, and what a guess costs whoever stole their hashes."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_RECOVERY_")

    codes: int = Field(ge=5, le=20, description="Codes of a set.")
    few: int = Field(ge=1, description="So many left, and the person is asked to make new ones.")
    argon2_time_cost: int = Field(ge=1, description="Passes of Argon2id over its memory.")
    argon2_memory_kib: int = Field(ge=8, description="Memory of one hash, in KiB.")
    argon2_parallelism: int = Field(ge=1, description="Lanes of one hash.")
    tries: int = Field(ge=1, le=10, description="Wrong answers allowed in one ceremony.")
    slots: int = Field(default=1, ge=1, description="Hashes made at once in one process.")
    queue: int = Field(default=16, ge=0, description="Requests that may wait for a slot.")
    wait_seconds: float = Field(default=2.0, gt=0, description="Longest wait for a slot.")
