"""What models are run on is silent: it keeps no name of this machine and reports to nobody."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("contracts", "verifiers", "hardware", "store", "enrollment", "gateway", "web", "bench")
TOLD = "ORT_DISABLE_TELEMETRY"


def test_nothing_of_it_lies_about_once_models_are_loaded(models: None, tmp_path: Path) -> None:
    places = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    kept = {name: value for name, value in os.environ.items() if name not in {TOLD, "CI"}}
    load = "from verifiers import registry; registry.jobs()['voice.listen']()"
    subprocess.run([sys.executable, "-c", load], cwd=ROOT, env=kept | places, check=True)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("room", ROOMS)
def test_it_is_loaded_by_factors_alone(room: str) -> None:
    """Whoever imports a factor has switched it off before."""
    found = {
        str(file.parent.relative_to(ROOT)) for file in (ROOT / room).rglob("*.py") if uses(file)
    }
    assert all(each.startswith("verifiers") for each in found)


def uses(file: Path) -> bool:
    """Tell whether a file imports ONNX Runtime."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return any(name.partition(".")[0] == "onnxruntime" for name in names)
