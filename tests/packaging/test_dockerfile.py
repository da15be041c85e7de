"""The Dockerfile, read: no engine is needed to see what would be wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text()).splitlines()


def stages() -> list[list[str]]:
    starts = [number for number, line in enumerate(LINES) if line.startswith("FROM ")]
    return [LINES[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def test_the_image_runs_without_rights_and_tells_its_health() -> None:
    _, final = stages()
    (user,) = [line for line in final if line.startswith("USER ")]
    assert int(user.removeprefix("USER ").split(":")[0]) > 0
    assert any(line.startswith("HEALTHCHECK ") for line in final)
    assert final[-1] == 'CMD ["gatehouse", "serve"]'


def test_the_image_installs_nothing_and_has_no_torch() -> None:
    _, final = stages()
    assert not [line for line in final if "pip install" in line]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["voice"]]
    assert not [each for each in asked if each.startswith("torch")]


def test_no_secret_is_part_of_the_image() -> None:
    assert not [line for line in LINES if re.search(r"(SECRET|PASSWORD|TOKEN|KEY)=", line)]


@pytest.mark.parametrize("package", ["contracts", "gateway", "migrations", "web"])
def test_what_is_copied_is_let_through(package: str) -> None:
    assert f"COPY {package} {package}" in LINES
    assert f"!{package}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_every_package_of_the_wheel_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    copied = {line.split()[1] for line in LINES if line.startswith("COPY ")}
    assert {name.rstrip("*") for name in packages} <= copied
