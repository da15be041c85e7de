"""The page on adding an engine, done as it is written: one file, one entry, nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.verifiers.voice.engines import small
from verifiers.models import digest, folder

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs/adding-an-engine.md").read_text("utf-8")
CHECKS = """
from tests.verifiers.voice.engines.conformance import CHECKS
from verifiers.voice import engines
for check in CHECKS:
    check(engines.load("mine"), engines.described("mine"))
    print(check.__name__)
"""
START = """
from contracts.errors import Misconfigured
from verifiers.voice.deciding import made
from verifiers.voice.settings import VoiceSettings
try:
    made(VoiceSettings.load())
except Misconfigured as error:
    print(error.detail)
"""


class Added:
    """A copy of the factors with one file and one entry more, and its own folder of models."""

    def __init__(self, folder: Path, models: Path) -> None:
        self._folder = folder
        engines = folder / "verifiers/voice/engines"
        copied = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "verifiers", folder / "verifiers", ignore=copied)
        (engines / "mine.py").write_text(block("python"), "utf-8")
        entries = json.loads((engines / "manifest.json").read_text("utf-8"))
        (engines / "manifest.json").write_text(json.dumps(entries | self._entry()), "utf-8")
        shutil.copytree(models, folder / "models", copy_function=os.symlink)

    def run(self, *arguments: str, **environment: str) -> str:
        """Run Python where the copy comes first; pip finds our wheel and no index."""
        ours = {
            "PYTHONPATH": os.pathsep.join((str(self._folder), str(ROOT))),
            "GATEHOUSE_MODELS_DIR": str(self._folder / "models"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self._folder),
        }
        command = [sys.executable, *arguments]
        kept = os.environ | ours | environment
        done = subprocess.run(
            command, cwd=self._folder, env=kept, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    def _entry(self) -> dict[str, Any]:
        wheel = self._wheel(small.network())
        entry: dict[str, Any] = json.loads(block("json"))
        about = entry["mine"]
        about["sha256"] = hashlib.sha256(small.network()).hexdigest()
        about["source"] |= {"sha256": digest(wheel), "size": wheel.stat().st_size}
        return entry

    def _wheel(self, network: bytes) -> Path:
        wheel = self._folder / "mine_weights-1.0-py3-none-any.whl"
        about = "Metadata-Version: 2.1\nName: mine-weights\nVersion: 1.0"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("mine_weights/mine.onnx", network)
            archive.writestr("mine_weights-1.0.dist-info/METADATA", about)
            archive.writestr(
                "mine_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any"
            )
        return wheel


def block(language: str) -> str:
    """Return the one piece of code in a language that the page has."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


@pytest.fixture(scope="module")
def added(models: None, tmp_path_factory: pytest.TempPathFactory) -> Added:
    made = Added(tmp_path_factory.mktemp("added"), folder())
    made.run("-m", "gateway.cli", "models", "pull", "--json")
    return made


@pytest.mark.slow
def test_its_file_is_pulled_and_operators_see_licence_and_card(added: Added) -> None:
    rows = json.loads(added.run("-m", "gateway.cli", "models", "list", "--json"))
    (mine,) = (row for row in rows if row["name"] == "mine-4.onnx")
    assert mine["purpose"] == "voice engine mine: Mine (four dimensions)"
    assert (mine["licence"], mine["card"]) == ("Apache-2.0", "docs/performance/engines.md#mine")
    assert (mine["source"], mine["present"]) == ("mine-weights==1.0", True)


@pytest.mark.slow
def test_it_does_what_every_engine_must(added: Added) -> None:
    assert "speech_of_any_length_has_an_embedding" in added.run("-c", CHECKS).split()


@pytest.mark.slow
def test_it_decides_nothing_before_it_is_calibrated(added: Added) -> None:
    told = added.run("-c", START, GATEHOUSE_VOICE_ENGINE="mine")
    assert "not mine-4/" in told
    assert "gatehouse evaluate calibrate" in told
