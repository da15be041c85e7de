"""The demo's secrets: made at the first run, kept beside its database, printed in `demo.json`."""

from __future__ import annotations

import secrets
from pathlib import Path

import pyotp
from pydantic import BaseModel, ConfigDict, Field

from gateway.private import write_private

NAMES = ("alice", "bob", "carol")
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 5


class Memory(BaseModel):
    """All that the demo makes up."""

    model_config = ConfigDict(frozen=True)

    passwords: dict[str, str] = Field(default_factory=lambda: {n: password() for n in NAMES})
    totp_secret: str = Field(default_factory=pyotp.random_base32)
    client_secret: str = Field(default_factory=lambda: secrets.token_urlsafe(32))
    webhook_key: str = Field(default_factory=lambda: secrets.token_urlsafe(32))


def recall(file: Path) -> Memory:
    """Read what an earlier run made up, or make it up; it is on the disk before it is used."""
    if file.exists():
        return Memory.model_validate_json(file.read_text())
    memory = Memory()
    write_private(file, memory.model_dump_json(indent=2))
    return memory


def password() -> str:
    """Make a password of almost a hundred random bits that can be typed."""
    letters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, len(letters), GROUP))
