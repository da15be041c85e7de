"""Engines behind one port: which there are, what they make, and what no process loads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Misconfigured
from tests.verifiers.voice.engines import small
from verifiers.models import Exported, Model
from verifiers.voice import engines
from verifiers.voice.models import EXPORTS, MODELS
from verifiers.voice.settings import VoiceSettings

ROOT = Path(__file__).resolve().parents[4]
FOREIGN = {"torch", "torchaudio", "speechbrain", "huggingface_hub"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of models."""
    monkeypatch.setenv("GATEHOUSE_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.mark.parametrize("name", engines.known())
def test_an_engine_is_one_file_and_one_entry(name: str) -> None:
    entry = engines.manifest()[name]
    assert find_spec(f"verifiers.voice.engines.{name}")
    assert entry["licence"]
    assert entry["title"]
    assert f"## {name}" in (ROOT / entry["card"]).read_text("utf-8").lower()
    files: dict[str, Model | Exported] = {model.name: model for model in (*MODELS, *EXPORTS)}
    match files[entry["file"]]:
        case Model() as model:
            assert {len(model.sha256), len(model.package.sha256)} == {64}
        case Exported() as model:
            assert len(model.hub.revision) == 40
            assert {len(sha256) for sha256 in model.hub.files.values()} == {64}


def test_the_default_is_described_without_its_file(folder: Path) -> None:
    about = engines.described(engines.DEFAULT)
    assert (about.format, about.dimension) == ("campplus-zh-en-192/2", 192)


def test_an_engine_that_is_not_pulled_says_what_to_run(folder: Path) -> None:
    for look in (engines.described, engines.load):
        with pytest.raises(
            Misconfigured, match=r"ecapa\.onnx is missing: run gatehouse models pull"
        ):
            look("ecapa")


def test_an_operators_checkpoint_names_its_own_templates(folder: Path) -> None:
    small.install(folder)
    about = engines.described("ecapa")
    assert (about.format, about.dimension) == (f"ecapa-4-0123456789ab/{engines.VERSION}", 4)
    small.install(folder, "ecapa-4-another")
    assert engines.described("ecapa").format != about.format


def test_an_exported_engine_embeds_waveforms(folder: Path) -> None:
    small.install(folder)
    engine = engines.load("ecapa")
    waveform = np.random.default_rng(5).standard_normal(16_000).astype(np.float32)
    embedding = engine.embed(waveform)
    assert embedding.shape == (engine.dimension,) == (4,)
    assert np.allclose(embedding, small.embedding(waveform), rtol=1e-5)


def test_a_file_that_is_not_the_recorded_one_is_not_loaded(folder: Path) -> None:
    small.install(folder)
    (folder / "ecapa.onnx").write_bytes(small.network(-small.WEIGHTS))
    with pytest.raises(Misconfigured, match="damaged or foreign: run gatehouse models pull ecapa"):
        engines.load("ecapa")
    (folder / "ecapa.json").write_text("{", "utf-8")
    with pytest.raises(Misconfigured, match=r"record of ecapa\.onnx is damaged"):
        engines.described("ecapa")


def test_an_unknown_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured, match="no voice engine hubert, but campplus, ecapa"):
        engines.load("hubert")
    monkeypatch.setenv("GATEHOUSE_VOICE_ENGINE", "hubert")
    with pytest.raises(Misconfigured) as raised:
        VoiceSettings.load()
    assert "GATEHOUSE_VOICE_ENGINE: " in str(raised.value.public)


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        (
            "from gateway.inference import worker; from verifiers import registry\n"
            "for load in registry.jobs().values(): load()",
            FOREIGN,
        ),
        (
            "from gateway import serve; from verifiers.voice import engines\n"
            "engines.described('campplus')",
            FOREIGN | {"numpy", "onnxruntime", "av", "ctranslate2"},
        ),
    ],
    ids=["pool", "web"],
)
def test_no_worker_imports_what_engines_are_exported_with(
    models: None, code: str, forbidden: set[str]
) -> None:
    ask = f"{code}\nimport sys; print(*sorted(set(sys.modules) & {forbidden!r}))"
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
