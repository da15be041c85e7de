"""A real gateway: the whole process tree on a free port of localhost, with a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

START_SECONDS = 60
ROOT = Path(__file__).parents[2]


def free_ports(count: int = 1) -> int:
    """Return the first of so many neighbouring ports nobody listens on."""
    for _ in range(100):
        with ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0)))
            port = int(first.getsockname()[1])
            with suppress(OSError, OverflowError):
                for number in range(1, count):
                    held.enter_context(socket.create_server(("127.0.0.1", port + number)))
                return port
    raise AssertionError(f"no {count} neighbouring ports are free")


@dataclass
class Tree:
    """A gateway that serves, and its command line."""

    issuer: str
    data: Path
    environment: dict[str, str]

    def run(self, *words: str, given: str = "") -> Any:
        """Run a command of the gateway's; return what it prints as JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "gateway.cli", *words, "--json"],
            env=self.environment,
            cwd=ROOT,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    """Return the environment of a gateway in development."""
    kept = {name: value for name, value in os.environ.items() if "GATEHOUSE" not in name}
    ours = {"ENV": "development", "DATA": str(data), "PORT": str(port)}
    ours["ISSUER"] = f"http://localhost:{port}"
    return kept | {f"GATEHOUSE_{name}": value for name, value in (ours | more).items()}


@contextmanager
def serving(data: Path, **more: str) -> Iterator[Tree]:
    """Run `gatehouse serve` until it answers, and end it by SIGTERM."""
    port = free_ports()
    made = environment(data, port, **more)
    command = [sys.executable, "-m", "gateway.cli", "serve"]
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, env=made, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(f"http://localhost:{port}/.well-known/jwks.json", process)
        yield Tree(f"http://localhost:{port}", data, made)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers with 200."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the gateway ended before it served"
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer in {START_SECONDS} s")
