"""Ten verifications at a time through the pool, against the bare model in as many processes.

`python -m bench.pooled` prints rates of rounds taken in turn, their ratio, and memory, as JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench import voice
from gateway.inference import connect
from verifiers.voice.utterance import LISTEN, RECOGNISE

CALLERS = 10
PROCESSES = 2
PATIENCE = 60.0
ROUNDS = 3
EACH = 40
Bare = Callable[[bytes], object]
bare: dict[str, Bare] = {}


def main() -> None:
    """Measure, and print JSON."""
    sample = voice.speech(3)
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    context = multiprocessing.get_context("spawn")
    with (
        pooled() as (socket, pool),
        ThreadPoolExecutor(CALLERS) as threads,
        ProcessPoolExecutor(PROCESSES, context, load) as processes,
    ):
        infer = connect(socket, PATIENCE)
        ways: dict[str, Callable[[], object]] = {
            "model": lambda: list(processes.map(embed, [sample] * EACH)),
            "job": lambda: list(processes.map(listen, [sample] * EACH)),
            "pool": lambda: list(threads.map(lambda _: infer(LISTEN, sample), range(EACH))),
        }
        rates = in_turn(ways)
        list(threads.map(lambda _: infer(RECOGNISE, b"en\n" + sample), range(8)))
        memory = [child.memory_info().rss / 2**20 for child in pool.children()]
    print(json.dumps({**told(rates), "pool_process_mb": round(max(memory), 1)}, indent=1))  # noqa: T201


def in_turn(ways: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return verifications a second of each way, round by round, the first round being thrown away.

    In each round all ways are taken one after the other, so that what else the machine does hits
    all alike.
    """
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS + 1):
        for way, run in ways.items():
            started = time.perf_counter()
            run()
            rates[way].append(EACH / (time.perf_counter() - started))
    return {way: each[1:] for way, each in rates.items()}


def told(rates: dict[str, list[float]]) -> dict[str, object]:
    """Say the rates, and what share of the others' rate the pool reaches."""
    return {
        **{f"{way}_per_second": spread(each) for way, each in rates.items()},
        "pool_to_model": spread(shares(rates["pool"], rates["model"])),
        "pool_to_job": spread(shares(rates["pool"], rates["job"])),
    }


def shares(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Divide round by round."""
    return [a / b for a, b in zip(one, other, strict=True)]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the least and the most."""
    found = {"median": statistics.median(values), "least": min(values), "most": max(values)}
    return {name: round(value, 3) for name, value in found.items()}


@contextmanager
def pooled() -> Iterator[tuple[Path, psutil.Process]]:
    """Run the pool as `gatehouse serve` does; yield its socket and its process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pool.sock"
        own = {
            "GATEHOUSE_INFERENCE_SOCKET": str(path),
            "GATEHOUSE_INFERENCE_WORKERS": str(PROCESSES),
            "GATEHOUSE_INFERENCE_JOB_SECONDS": str(PATIENCE),
            "GATEHOUSE_INFERENCE_WAIT_SECONDS": str(PATIENCE),
            "GATEHOUSE_ENV": "test",
        }
        command = [sys.executable, "-m", "gateway.inference"]
        with subprocess.Popen(command, env=os.environ | own) as process:  # noqa: S603
            while not path.exists():
                time.sleep(0.05)
            try:
                yield path, psutil.Process(process.pid)
            finally:
                process.terminate()


def load() -> None:
    """Load the model and the job in a process of its own, without a pool."""
    from verifiers.voice import job  # noqa: PLC0415 - only in these processes
    from verifiers.voice.arrays import waveform  # noqa: PLC0415
    from verifiers.voice.audio import wav  # noqa: PLC0415
    from verifiers.voice.settings import VoiceSettings  # noqa: PLC0415

    listening = job.load()
    _, engine = job.networks(VoiceSettings.load().engine)
    bare["job"] = listening
    bare["model"] = lambda sample: engine.embed(waveform(wav.pcm(sample)))


def embed(sample: bytes) -> None:
    """Run the bare model."""
    bare["model"](sample)


def listen(sample: bytes) -> None:
    """Run the bare job."""
    bare["job"](sample)


if __name__ == "__main__":
    main()
