"""Voice verification on one core: `python -m bench.voice` prints milliseconds as JSON."""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

RATE = 16_000
RUNS = 15
FOLDER = Path(os.environ.get("GATEHOUSE_RECORDINGS") or Path(__file__).parents[2] / "shared/data")


def measure() -> dict[str, Any] | None:
    """Measure in another process, held to one core; None without recordings of people."""
    if not list(FOLDER.glob("voice/*/*.flac")):
        return None
    one_core = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.voice"]
    told = subprocess.run(command, env=one_core, check=True, capture_output=True)  # noqa: S603
    content: dict[str, Any] = json.loads(told.stdout)
    return content


def main() -> None:
    """Measure here."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from verifiers.voice.job import load  # noqa: PLC0415 - loading it is part of what is measured

    started = time.perf_counter()
    job = load()
    loaded = time.perf_counter() - started
    timed = {str(seconds): _milliseconds(job, _speech(seconds)) for seconds in (3, 10)}
    print(json.dumps({"load_ms": round(loaded * 1000, 1), **timed}))  # noqa: T201


def _milliseconds(job: Any, sample: bytes) -> float:  # noqa: ANN401 - a job of the pool
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        job(sample)
        taken.append(time.perf_counter() - started)
    return round(statistics.median(taken) * 1000, 1)


def _speech(seconds: int) -> bytes:
    """Return so many seconds of one person's speech as a WAV file, from as many files as needed."""
    import numpy as np  # noqa: PLC0415
    import soundfile  # noqa: PLC0415

    speaker = next(folder for folder in sorted(FOLDER.glob("voice/*")) if any(folder.iterdir()))
    parts: list[Any] = []
    for file in sorted(speaker.glob("*.flac")):
        samples, rate = soundfile.read(file, dtype="int16")
        if rate == RATE:
            parts.append(samples)
        if sum(map(len, parts)) >= seconds * RATE:
            break
    return _wav(np.concatenate(parts)[: seconds * RATE].tobytes())


def _wav(pcm: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(pcm)
    return file.getvalue()


if __name__ == "__main__":
    main()
