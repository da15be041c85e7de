"""A gateway in development that runs for real, and its command line."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gateway.operations import running

DEVELOPMENT = {"GATEHOUSE_ENV": "development", "GATEHOUSE_VOICE_ENABLED": "1"}


@dataclass
class Tree:
    """A process tree that serves, voice included."""

    issuer: str
    data: Path

    def run(self, *words: str, given: str = "") -> Any:
        """Run a command of the gateway's; return what it prints as JSON."""
        own = running.environment(self.data, **DEVELOPMENT, GATEHOUSE_ISSUER=self.issuer)
        process = running.gatehouse(*words, "--json", env=own, stdin=-1)
        told, complaint = process.communicate(given, timeout=60)
        assert process.returncode == 0, complaint
        return json.loads(told)


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[Tree]:
    """Run `gatehouse serve` until it answers, and end it by SIGTERM."""
    with running.serving(data, **DEVELOPMENT, **settings) as (port, process):
        yield Tree(f"http://localhost:{port}", data)
    assert process.returncode == 0


def free_ports(count: int) -> int:
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
