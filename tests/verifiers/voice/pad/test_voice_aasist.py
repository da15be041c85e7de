"""A network by the operator's file: held to its hash and its shape, and asked beside our own."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from contracts.errors import Misconfigured
from verifiers.voice.pad import load
from verifiers.voice.pad.aasist import SAMPLES, Aasist
from verifiers.voice.settings import VoiceSettings

THRESHOLD = 0.5


def network(outputs: int = 2, samples: int = SAMPLES) -> bytes:
    """Return a network of that shape: the louder, the likelier a person."""
    nodes = [
        helper.make_node("Abs", ["audio"], ["size"]),
        helper.make_node("ReduceMean", ["size"], ["last_hidden"], axes=[1], keepdims=1),
        helper.make_node("MatMul", ["last_hidden", "weights"], ["logits"]),
    ]
    given = helper.make_tensor_value_info("audio", TensorProto.FLOAT, [1, samples])
    made = [
        helper.make_tensor_value_info("last_hidden", TensorProto.FLOAT, [1, 1]),
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, outputs]),
    ]
    weights = np.array([[-1.0, 1.0, 0.0]], np.float32)[:, :outputs]
    graph = helper.make_graph(
        nodes, "small", [given], made, [numpy_helper.from_array(weights, "weights")]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data: bytes = model.SerializeToString()
    return data


def kept(folder: Path, data: bytes) -> tuple[Path, str]:
    path = folder / "aasist.onnx"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def test_the_score_is_the_difference_of_the_logits(tmp_path: Path) -> None:
    detector = Aasist.load(*kept(tmp_path, network()), THRESHOLD)
    assert detector.score(np.full(SAMPLES, 0.25, np.float32)) == pytest.approx(0.5)


@pytest.mark.parametrize("size", [1_000, SAMPLES, 3 * SAMPLES])
def test_speech_is_repeated_or_cut_to_what_it_takes(tmp_path: Path, size: int) -> None:
    detector = Aasist.load(*kept(tmp_path, network()), THRESHOLD)
    assert detector.score(np.full(size, 0.25, np.float32)) == pytest.approx(0.5)


def test_another_file_than_was_named_is_refused(tmp_path: Path) -> None:
    path, _ = kept(tmp_path, network())
    with pytest.raises(Misconfigured, match="not the file"):
        Aasist.load(path, "0" * 64, THRESHOLD)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="GATEHOUSE_VOICE_AASIST"):
        Aasist.load(tmp_path / "none.onnx", "0" * 64, THRESHOLD)


@pytest.mark.parametrize(
    "data", [b"no network", network(outputs=3), network(samples=16_000)], ids=["junk", "out", "in"]
)
def test_what_has_another_shape_is_refused_at_start(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Misconfigured):
        Aasist.load(*kept(tmp_path, data), THRESHOLD)


def test_it_is_asked_beside_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path, sha256 = kept(tmp_path, network())
    for name, value in (
        ("PAD_THRESHOLD", "-1000"), ("AASIST", str(path)), ("AASIST_SHA256", sha256),
        ("AASIST_THRESHOLD", "0.1"), ("AASIST_BPCER", "0.02"), ("AASIST_APCER", "0.3"),
    ):  # fmt: skip
        monkeypatch.setenv(f"GATEHOUSE_VOICE_{name}", value)
    with caplog.at_level(logging.INFO, "gatehouse.voice"):
        detectors = load(VoiceSettings.load())
    assert "aasist.onnx detects attacks as well" in caplog.text
    assert "BPCER 0." in caplog.text
    loud = np.random.default_rng(1).standard_normal(32_000).astype(np.float32)
    assert (detectors.margin(loud) or 0) > 0
    assert (detectors.margin(loud * 0.01) or 0) < 0
