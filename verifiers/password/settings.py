"""Settings of the password factor."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from verifiers.settings import FactorSettings


class PasswordSettings(FactorSettings):
    """Rules for new passwords, the cost of a hash, and how many are made at once."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_PASSWORD_")

    min_length: int = Field(ge=8, description="Fewest characters (code points after NFKC).")
    min_length_alone: int = Field(
        ge=15, description="Fewest characters of a password that counts without another factor."
    )
    max_length: int = Field(ge=64, description="Most characters (code points after NFKC).")
    min_strength: int = Field(ge=0, le=4, description="Lowest zxcvbn score of a new password.")
    breached_file: Path | None = Field(
        default=None, description="SHA-1 hashes of stolen passwords, one a line, ascending."
    )
    breached_url: str = Field(
        default="",
        pattern="^(https?://[^?#]+)?$",
        description="Service of stolen passwords, asked for `<address>/<5 hex digits>` alone.",
    )
    argon2_time_cost: int = Field(ge=1, description="Passes of Argon2id over its memory.")
    argon2_memory_kib: int = Field(ge=8, description="Memory of one hash, in KiB.")
    argon2_parallelism: int = Field(ge=1, description="Lanes of one hash.")
    tries: int = Field(ge=1, description="Wrong answers allowed in one ceremony.")
    slots: int = Field(default=2, ge=1, description="Hashes made at once in one process.")
    queue: int = Field(default=16, ge=0, description="Requests that may wait for a slot.")
    wait_seconds: float = Field(default=1.0, gt=0, description="Longest wait for a slot.")
