"""The pool as a process of its own: how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.errors import Misconfigured
from gateway.inference import connect
from gateway.inference.settings import InferenceSettings
from tests.waiting import PATIENCE, until

COMMAND = (sys.executable, str(Path(__file__).with_name("jobs.py")))

MAIN = """
import asyncio, sys
from pathlib import Path
from gateway.inference.pool import Pool
from gateway.inference.server import serve
from gateway.inference.settings import InferenceSettings
from tests.waiting import PATIENCE, until
asyncio.run(serve(Path(sys.argv[1]), Pool(InferenceSettings(workers=1), sys.argv[2:])))
print("numpy" in sys.modules or "onnxruntime" in sys.modules, flush=True)
"""


@contextmanager
def process(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a pool in a process of its own."""
    command = [sys.executable, "-c", MAIN, str(path), *COMMAND]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as pool:
        try:
            until(path.exists)
            yield pool
        finally:
            pool.kill()


def test_sigterm_lets_the_running_job_end(path: Path, tmp_path: Path) -> None:
    with process(path) as pool, ThreadPoolExecutor(1) as thread:
        infer = connect(path, PATIENCE)
        worker = int(infer("pid", b""))
        answer = thread.submit(infer, "held", str(tmp_path).encode())
        until((tmp_path / "begun").exists)
        pool.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            pool.wait(0.2)
        (tmp_path / "go").touch()
        assert answer.result(PATIENCE) == b"let go"
        assert pool.wait(PATIENCE) == 0
        assert pool.stdout is not None
        assert pool.stdout.read().strip() == b"False", "the pool's parent loaded numpy"
        assert not path.exists()
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_workers_end_when_the_pool_is_killed(path: Path) -> None:
    with process(path) as pool:
        worker = int(connect(path, PATIENCE)("pid", b""))
        pool.kill()
        pool.wait()
        until(lambda: not Path(f"/proc/{worker}").exists())


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_INFERENCE_WORKERS", "none")
    with pytest.raises(Misconfigured, match="GATEHOUSE_INFERENCE_WORKERS: "):
        InferenceSettings.load()
