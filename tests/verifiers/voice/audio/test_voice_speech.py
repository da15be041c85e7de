"""Where speech is: our graph against the numbers of the network that is packaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from verifiers.voice.arrays import Floats
from verifiers.voice.audio import speech, speech_graph
from verifiers.voice.audio.speech import FRAME, MARGIN, Speech
from verifiers.voice.audio.wav import RATE

VECTORS = json.loads((Path(__file__).parents[3] / "vectors/speech.json").read_text("utf-8"))


def generated(seed: int) -> Floats:
    """Make the waveform of one vector: vowels that come and go, in some noise."""
    noise = []
    for _ in range(RATE + 100):
        seed = (seed * 1664525 + 1013904223) % 2**32
        noise.append(seed / 2**31 - 1)
    time = np.arange(len(noise)) / RATE
    pitch = 2 * np.pi * (120 * time + 8 * np.sin(2 * np.pi * 3 * time) / 3)
    voiced = sum(formants(120 * k) * np.sin(k * pitch) for k in range(1, 30))
    sounding = np.sin(2 * np.pi * 2 * time) > 0
    return np.asarray(0.1 * sounding * voiced + 0.003 * np.array(noise), np.float32)


def formants(frequency: int) -> float:
    """Return how strong a frequency is in the vowel."""
    first, second = (np.exp(-(((frequency - at) / 300) ** 2)) for at in (600, 1_500))
    return float(first + 0.4 * second)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"seed {case['seed']}")
def test_the_graph_equals_the_packaged_network(models: None, case: dict[str, Any]) -> None:
    found = Speech()._probabilities(generated(case["seed"]))
    assert found.shape == (len(case["speech"]),)
    assert np.abs(found - case["speech"]).max() < VECTORS["tolerance"]


@pytest.mark.parametrize("seed", [1, 2])
def test_speech_is_cut_out_with_a_margin(models: None, seed: int) -> None:
    silence = np.zeros(20 * FRAME, np.float32)
    heard = Speech().hear(np.concatenate([silence, generated(seed), silence]))
    assert 0.3 < heard.milliseconds / 1000 < 0.8
    assert abs(heard.onset - 20 * 32) <= 32
    assert heard.waveform.size < RATE + 2 * MARGIN * FRAME


def test_nothing_is_heard_in_silence(models: None) -> None:
    assert Speech().hear(np.zeros(RATE, np.float32)).milliseconds == 0


@pytest.mark.parametrize(("length", "stride"), [(4, 1), (4, 2), (2, 2), (1, 1)])
def test_a_convolution_is_written_out_as_a_matrix(length: int, stride: int) -> None:
    rng = np.random.default_rng(1)
    kernel, row = rng.standard_normal((5, 3, 3)), rng.standard_normal((length, 3))
    windows = sliding_window_view(np.pad(row, ((1, 1), (0, 0))), 3, axis=0)[::stride]
    expected = np.einsum("tck,ock->to", windows, kernel)
    found = row.reshape(-1) @ speech_graph.matrix(kernel, length, stride)
    assert np.allclose(found, expected.reshape(-1), atol=1e-5)


def test_each_frame_follows_the_end_of_the_one_before_and_is_mirrored() -> None:
    rows = speech.frames(np.arange(FRAME + 10, dtype=np.float32))
    assert rows.shape == (2, 64 + FRAME + 64)
    assert (rows[1, :64] == np.arange(FRAME - 64, FRAME)).all()
    assert (rows[0, -64:] == np.arange(FRAME - 2, FRAME - 66, -1)).all()
    assert not rows[1, 74:].any()
