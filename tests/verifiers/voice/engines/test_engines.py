"""Engines behind one port: which there are, what they make, and what no process loads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from contracts.errors import Misconfigured
from tests.verifiers.voice.engines import small
from tests.verifiers.voice.engines.conformance import CHECKS, FOREIGN, Check
from verifiers.voice import engines
from verifiers.voice.engines.manifest import ENTRIES, entries
from verifiers.voice.models import ENGINES, EXPORTS, MODELS
from verifiers.voice.settings import VoiceSettings

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of models."""
    monkeypatch.setenv("GATEHOUSE_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.mark.parametrize("name", engines.known())
def test_an_engine_is_one_file_and_one_entry(name: str) -> None:
    assert find_spec(f"verifiers.voice.engines.{name}")
    page, _, section = entries()[name].card.partition("#")
    assert f"\n## {section}\n" in (ROOT / page).read_text("utf-8")
    assert ENGINES[name] in (*MODELS, *EXPORTS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", engines.known())
def test_an_engine_does_what_every_engine_must(name: str, check: Check) -> None:
    if not ENGINES[name].present():
        pytest.skip(f"{name} is not here: run gatehouse models pull")
    check(loaded(name), engines.described(name))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_so_does_one_that_was_exported(folder: Path, check: Check) -> None:
    small.install(folder)
    check(engines.load("ecapa"), engines.described("ecapa"))


@pytest.mark.parametrize(
    ("member", "value"),
    [("licence", ""), ("card", None), ("sha256", "0"), ("size", 5), ("extra", "")],
)
def test_an_entry_that_is_not_complete_is_refused(member: str, value: object) -> None:
    entry = entries()["campplus"].model_dump()
    ENTRIES.validate_json(json.dumps({"campplus": entry}))
    with pytest.raises(ValidationError):
        ENTRIES.validate_json(json.dumps({"campplus": entry | {member: value}}))


@cache
def loaded(name: str) -> engines.Engine:
    """Load an engine once."""
    return engines.load(name)


def test_the_default_is_described_without_its_file(folder: Path) -> None:
    about = engines.described(engines.DEFAULT)
    assert (about.format, about.dimension) == (f"campplus-zh-en-192/{engines.VERSION}", 192)


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
