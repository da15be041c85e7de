"""Voice verification on one core: `python -m bench.voice` prints milliseconds of CPU as JSON."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
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
    timed = {str(seconds): milliseconds(job, speech(seconds)) for seconds in (3, 10)}
    timed |= _parts(job, speech(3))
    print(json.dumps({"load_ms": round(loaded * 1000, 1), **timed}))  # noqa: T201


def _parts(job: Any, sample: bytes) -> dict[str, float]:  # noqa: ANN401 - a job of the pool
    """Return what the model alone takes, what a decision takes, and what recognition takes."""
    from verifiers.voice.arrays import waveform  # noqa: PLC0415
    from verifiers.voice.audio import wav  # noqa: PLC0415
    from verifiers.voice.challenge.recogniser import load as recognition  # noqa: PLC0415
    from verifiers.voice.job import networks  # noqa: PLC0415
    from verifiers.voice.settings import VoiceSettings  # noqa: PLC0415

    _, engine = networks(VoiceSettings.load().engine)
    return {
        "model": milliseconds(engine.embed, waveform(wav.pcm(sample))),
        "decision": milliseconds(*_decision(job(sample))),
        "recognition": milliseconds(recognition(), b"en\n" + sample),
    }


def _decision(heard: bytes) -> tuple[Callable[[Any], Any], list[Any]]:
    """Return what a web worker does with an utterance, and the voiceprint it compares with."""
    from contracts.factor import Enrolled  # noqa: PLC0415
    from verifiers.voice.deciding import made  # noqa: PLC0415
    from verifiers.voice.settings import VoiceSettings  # noqa: PLC0415
    from verifiers.voice.template import Voiceprint  # noqa: PLC0415
    from verifiers.voice.utterance import Utterance  # noqa: PLC0415

    utterance = Utterance.load(heard)
    seed = bytes(32)
    voiceprint = Voiceprint(b"", utterance.embedding, utterance.channel, 3).protected(seed)
    enrolled = Enrolled("one", voiceprint.dump(), utterance.engine, 1, seed=seed)
    decider = made(VoiceSettings.load())
    return lambda compared: decider.decide(Utterance.load(heard), compared), [enrolled]


def milliseconds(job: Callable[[Any], Any], sample: Any) -> float:  # noqa: ANN401 - any job's
    """Return the median of the processor's time that a job takes."""
    taken = []
    for _ in range(RUNS):
        started = time.process_time()
        job(sample)
        taken.append(time.process_time() - started)
    return round(statistics.median(taken) * 1000, 1)


def speech(seconds: int) -> bytes:
    """Return so many seconds of one person's speech as a WAV file, from as many files as needed."""
    import numpy as np  # noqa: PLC0415
    import soundfile  # noqa: PLC0415

    from verifiers.voice.audio import wav  # noqa: PLC0415

    speaker = next(folder for folder in sorted(FOLDER.glob("voice/*")) if any(folder.iterdir()))
    parts: list[Any] = []
    for file in sorted(speaker.glob("*.flac")):
        samples, rate = soundfile.read(file, dtype="int16")
        if rate == RATE:
            parts.append(samples)
        if sum(map(len, parts)) >= seconds * RATE:
            break
    return wav.wave(np.concatenate(parts)[: seconds * RATE].tobytes())


if __name__ == "__main__":
    main()
