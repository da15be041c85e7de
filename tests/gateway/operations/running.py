"""A real `gatehouse serve` on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

DISCOVERY = "/.well-known/openid-configuration"
READY_SECONDS = 60.0


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return this process's environment with the settings of a gateway of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
    return own | {"GATEHOUSE_DATA": str(data), "GATEHOUSE_VOICE_ENABLED": "0"} | more


def gatehouse(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """Start a command."""
    command = [sys.executable, "-m", "gateway.cli", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **{**pipes, **options})  # type: ignore[call-overload, no-any-return]


def get(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Ask once."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=dict(headers or {}))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def wait_for(port: int, process: subprocess.Popen[str], path: str = "") -> None:
    """Wait until the discovery document comes."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            if get(port, f"{path}{DISCOVERY}")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the gateway does not answer")


@contextmanager
def serving(
    data: Path, path: str = "", **settings: str
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run `gatehouse serve`, logging into the folder above its data; yield its port and process."""
    port = free_port()
    more = {"GATEHOUSE_PORT": str(port), "GATEHOUSE_ISSUER": f"http://localhost:{port}{path}"}
    own = environment(data, **more, **settings)
    with (data.parent / f"{port}.log").open("w") as log:
        process = gatehouse("serve", env=own, stdout=log, stderr=log)
    try:
        wait_for(port, process, path)
        yield port, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
