"""The pool with the jobs of the house: real models, real recordings, real memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from contracts.errors import BadRequest, Retry
from contracts.factor import Infer
from gateway.inference import connect
from tests.recordings import FOLDER as RECORDINGS
from tests.recordings import models
from tests.waiting import PATIENCE, until
from tests.walks.tree import PATIENT
from verifiers.voice.audio import wav
from verifiers.voice.utterance import LISTEN, RECOGNISE

LIMIT = 400 * 2**20
ROUNDS = 10
"""What a round leaves to the allocator differs by a tenth; what none gives back is a leak."""
COMMAND = (sys.executable, "-m", "gateway.inference")


@pytest.fixture(scope="module")
def pool() -> Iterator[tuple[psutil.Process, Infer]]:
    models()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pool.sock"
        environment = {
            "GATEHOUSE_INFERENCE_SOCKET": str(path),
            "GATEHOUSE_INFERENCE_WORKERS": "1",
            **PATIENT,
            "GATEHOUSE_ENV": "test",
        }
        with subprocess.Popen(COMMAND, env=os.environ | environment) as process:
            until(path.exists)
            yield psutil.Process(process.pid), connect(path, 2 * PATIENCE)
            process.terminate()
            assert process.wait(PATIENCE) == 0


def test_a_recording_without_speech_is_asked_again(pool: tuple[psutil.Process, Infer]) -> None:
    _, infer = pool
    with pytest.raises(Retry) as raised:
        infer(LISTEN, wav.wave(bytes(6 * wav.RATE)))
    assert "No speech" in str(raised.value.public)


def test_a_broken_recording_is_refused(pool: tuple[psutil.Process, Infer]) -> None:
    _, infer = pool
    with pytest.raises(BadRequest):
        infer(LISTEN, b"RIFF")


@pytest.mark.recordings
def test_memory_stays_small_and_flat(pool: tuple[psutil.Process, Infer]) -> None:
    files = sorted((RECORDINGS / "voice").glob("ls*/*.flac"))
    if not files:
        pytest.skip(f"no recordings of real people in {RECORDINGS} (GATEHOUSE_RECORDINGS)")
    parent, infer = pool
    speech, _ = soundfile.read(files[0], dtype="int16")
    longest = wav.wave(np.resize(speech, 15 * wav.RATE).tobytes())
    sizes = []
    for _ in range(ROUNDS):
        assert infer(LISTEN, longest)
        infer(RECOGNISE, b"en\n" + longest)
        (worker,) = parent.children()
        sizes.append(worker.memory_info().rss)
    assert max(sizes) < LIMIT
    assert min(sizes[ROUNDS // 2 :]) < min(sizes[: ROUNDS // 2]) * 1.1
    assert parent.memory_info().rss < 90 * 2**20


def test_a_missing_model_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    environment = {
        "GATEHOUSE_MODELS_DIR": str(tmp_path),
        "GATEHOUSE_DATA": str(tmp_path),
        "GATEHOUSE_ENV": "test",
    }
    done = subprocess.run(
        COMMAND, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "run gatehouse models pull" in done.stderr
    assert done.stderr.count("\n") == 1
