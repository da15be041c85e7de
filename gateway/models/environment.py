"""An environment of its own for what no process of Gatehouse ever imports, gone when done with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.errors import Misconfigured
from gateway.models.complaint import complaint
from gateway.progress import Progress

RECIPES = Path(__file__).with_name("recipes")
PIP = ("-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--no-input")
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an environment is made of, step by step, and how much room that takes, in MB."""

    install: tuple[tuple[str, ...], ...]
    disk_mb: int

    @classmethod
    def read(cls, name: str) -> Recipe:
        """Read the recipe of this name."""
        fields: dict[str, Any] = json.loads((RECIPES / f"{name}.json").read_text("utf-8"))
        return cls(tuple(map(tuple, fields["install"])), fields["disk_mb"])


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment in a scratch folder."""

    folder: Path

    @property
    def scratch(self) -> Path:
        """A folder that goes when the environment goes."""
        return self.folder / "scratch"

    def run(self, script: str, *arguments: str) -> None:
        """Run a recipe's script. Raises Misconfigured with the last it said."""
        self.python(str(RECIPES / script), *arguments)

    def python(self, *arguments: str) -> None:
        """Run its Python. Raises Misconfigured with the last it said."""
        run([str(self.folder / "venv" / "bin" / "python"), *arguments], self.folder)


@contextmanager
def environment(recipe: Recipe, progress: Progress) -> Iterator[Environment]:
    """Make an environment, yield it, and leave nothing of it. Raises Misconfigured."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-environment-") as folder:
        enough(Path(folder), recipe.disk_mb)
        made = Environment(Path(folder))
        made.scratch.mkdir()
        with step("Making an environment", progress):
            run([sys.executable, "-m", "venv", str(made.folder / "venv")], made.folder)
        for requirements in recipe.install:
            with step(f"Installing {requirements[-1]}", progress):
                made.python(*PIP, *requirements)
        yield made


@contextmanager
def step(label: str, progress: Progress) -> Iterator[None]:
    """Show that something begins and that it is done; nobody knows how long it takes."""
    progress(label, 0, 1)
    yield
    progress(label, 1, 1)


def enough(folder: Path, megabytes: int) -> None:
    """Say so where the disk is too small. Raises Misconfigured."""
    free = shutil.disk_usage(folder).free // 10**6
    if free < megabytes:
        needs = f"{megabytes} MB are needed in {folder.parent} for a while, {free} are free"
        raise Misconfigured(detail=f"{needs}: set TMPDIR to a folder with more room")


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command to its end, scratch files within a folder. Raises Misconfigured."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    ended = subprocess.run(  # noqa: S603 - composed here, no shell
        command,
        env=kept | {"TMPDIR": str(folder), "HF_HOME": str(folder), "HF_HUB_DISABLE_TELEMETRY": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if ended.returncode:
        said = ended.stderr + ended.stdout
        script = next((Path(part).name for part in command if part.endswith(".py")), command[2])
        raise Misconfigured(detail=f"{script}: {complaint(said.decode(errors='replace'))}")
