"""What the factor needs is there or is named; web workers stay small."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import util
from pathlib import Path

import pytest

from contracts.errors import Misconfigured
from contracts.factor import Workshop
from verifiers import voice
from verifiers.voice import job
from verifiers.voice.models import ENGINES
from verifiers.voice.utterance import LISTEN


def test_it_can_be_switched_off(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert voice.build(workshop) is not None
    monkeypatch.setenv("GATEHOUSE_VOICE_ENABLED", "false")
    assert voice.build(workshop) is None


def test_without_the_extra_there_is_no_voice(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "find_spec", lambda _: None)
    assert voice.build(workshop) is None
    assert util.find_spec("onnxruntime")


def test_a_missing_model_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_MODELS_DIR", str(tmp_path))
    job.networks.cache_clear()  # a process keeps what it once loaded
    with pytest.raises(Misconfigured, match="run gatehouse models pull"):
        voice.JOBS[LISTEN]()


def test_a_foreign_model_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_MODELS_DIR", str(tmp_path))
    campplus = ENGINES["campplus"]
    campplus.path.write_bytes(b"something else")
    assert not campplus.present()
    with pytest.raises(Misconfigured, match="damaged or foreign"):
        campplus.load()


def test_a_web_worker_loads_no_numpy() -> None:
    code = (
        "import sys, verifiers.voice, gateway.inference\n"
        "from verifiers.voice.protection import Transform\n"
        "Transform(bytes(32), bytes(16), 192).apply([1.0] * 192)\n"
        "heavy = {'numpy', 'onnxruntime', 'onnx', 'torch', 'soundfile', 'kaldi_native_fbank'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    root = str(Path(__file__).parents[3])
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": root})
