"""The packaged model hears digits, and whoever brings another is told what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import BadRequest, Misconfigured, Unavailable
from contracts.inference import Job
from tests.recordings import pasted
from tests.verifiers.voice.conftest import sound
from verifiers.voice.challenge import recogniser
from verifiers.voice.challenge.edits import edits
from verifiers.voice.challenge.mel import log_mel

VECTOR = json.loads((Path(__file__).parents[3] / "vectors/whisper_mel.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def recognise(models: None) -> Job:
    return recogniser.load()


def test_the_features_are_those_of_whisper() -> None:
    features = log_mel(generated(VECTOR["samples"], VECTOR["seed"]))
    assert features.shape == (80, VECTOR["samples"] // 160)
    apart = features[:, VECTOR["frames"]].T - np.array(VECTOR["features"])
    assert np.abs(apart).max() < VECTOR["tolerance"]


def generated(samples: int, seed: int) -> np.typing.NDArray[np.float32]:
    """Make the waveform of the vector, the same on every machine."""
    values = []
    for _ in range(samples):
        seed = (seed * 1664525 + 1013904223) % 2**32
        values.append(0.2 * (seed / 2**31 - 1))
    return np.array(values, np.float32)


@pytest.mark.recordings
@pytest.mark.parametrize(("speaker", "digits"), [("george", "428170"), ("theo", "936205")])
def test_digits_are_heard(recognise: Job, speaker: str, digits: str) -> None:
    heard = recognise(b"en\n" + sound(pasted(speaker, digits, 1, 16_000))).decode().split()
    assert edits(heard, digits) <= 1


def test_nothing_else_is_ever_heard(recognise: Job) -> None:
    noise = np.random.default_rng(2).standard_normal(80_000) * 0.1
    heard = recognise(b"en\n" + sound(noise)).decode().split()
    assert all(len(each) == 1 and each.isdigit() for each in heard)
    assert len(heard) <= recogniser.MOST_WORDS


def test_only_recordings_in_known_languages_are_recognised(recognise: Job) -> None:
    with pytest.raises(Unavailable):
        recognise(b"tlh\n" + sound(np.zeros(16_000)))
    with pytest.raises(BadRequest):
        recognise(b"en\nRIFF")


def test_a_folder_without_a_model_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_RECOGNISERS", f"en={tmp_path}")
    with pytest.raises(Misconfigured, match="no Whisper model"):
        recogniser.load()
    (tmp_path / "vocabulary.txt").write_text("nothing\n")
    with pytest.raises(Misconfigured, match="recogniser of en"):
        recogniser.load()
