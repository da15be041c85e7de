"""The pool as a process of its own: how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.errors import Misconfigured
from gateway.inference import connect
from gateway.inference.settings import InferenceSettings

COMMAND = (sys.executable, str(Path(__file__).with_name("jobs.py")))

MAIN = """
import asyncio, sys
from pathlib import Path
from gateway.inference.pool import Pool
from gateway.inference.server import serve
from gateway.inference.settings import InferenceSettings
asyncio.run(serve(Path(sys.argv[1]), Pool(InferenceSettings(workers=1), sys.argv[2:])))
print("numpy" in sys.modules or "onnxruntime" in sys.modules, flush=True)
"""


@contextmanager
def process(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a pool in a process of its own."""
    command = [sys.executable, "-c", MAIN, str(path), *COMMAND]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as pool:
        until = time.monotonic() + 20
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.02)
        try:
            yield pool
        finally:
            pool.kill()


def test_sigterm_lets_the_running_job_end(path: Path) -> None:
    with process(path) as pool, ThreadPoolExecutor(1) as thread:
        infer = connect(path)
        worker = int(infer("pid", b""))
        answer = thread.submit(infer, "slow", b"0.5")
        time.sleep(0.2)
        pool.send_signal(signal.SIGTERM)
        assert answer.result(10) == b"slept"
        assert pool.wait(10) == 0
        assert pool.stdout is not None
        assert pool.stdout.read().strip() == b"False", "the pool's parent loaded numpy"
        assert not path.exists()
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_workers_end_when_the_pool_is_killed(path: Path) -> None:
    with process(path) as pool:
        worker = int(connect(path)("pid", b""))
        pool.kill()
        pool.wait()
        until = time.monotonic() + 5
        while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert not Path(f"/proc/{worker}").exists()


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_INFERENCE_WORKERS", "none")
    with pytest.raises(Misconfigured, match="GATEHOUSE_INFERENCE_WORKERS: "):
        InferenceSettings.load()
