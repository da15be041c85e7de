"""`gatehouse demo`, whole: ready, written down, ended by Ctrl-C, the same again."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import ports
from tests.gateway.operations.running import DISCOVERY, environment, gatehouse, get
from tests.waiting import PATIENCE, until

pytest.importorskip("aiosmtpd", reason="the demo extra is not installed")
pytestmark = pytest.mark.slow


@contextmanager
def demo(data: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    process = gatehouse("demo", "--port", str(port), env=environment(data))
    file = data / "demo.json"
    try:
        until(lambda: file.exists() or process.poll() is not None)
        assert process.poll() is None, process.stderr and process.stderr.read()
        yield process, json.loads(file.read_text())
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def test_the_demo_runs_and_runs_again(tmp_path: Path) -> None:
    port = ports.free(3)
    with demo(tmp_path, port) as (process, first):
        assert set(first) == {"issuer", "chatbot", "outbox", "clients", "users", "setup"}
        assert first["issuer"] == f"http://localhost:{port}"
        assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0
        assert json.loads(get(port, DISCOVERY)[1])["issuer"] == first["issuer"]
        assert get(port + 1, "/")[0] == 200
        assert json.loads(get(port + 2, "/?format=json")[1]) == []
    assert process.returncode == 0
    (tmp_path / "demo.json").unlink()
    with demo(tmp_path, port) as (_, second):
        assert {**second, "setup": None} == {**first, "setup": None}
        assert second["setup"] != first["setup"], "an older link is of no use"
