"""A gateway of its own to measure: made in an empty folder, with one person and one client."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.person import Account
from bench.wire import Wire
from contracts.clock import SystemClock
from gateway import people
from gateway.clients import Registration, register
from gateway.opening import make_factors, make_store
from gateway.people import Person
from gateway.settings import Settings
from store.keys_file import load_or_create

PASSWORD = "a bench for two in the evening sun"  # noqa: S105 - of nobody
REDIRECT = "http://localhost:1/callback"


@dataclass(frozen=True)
class Running:
    """A gateway that answers, and how long it took to."""

    process: psutil.Process
    port: int
    seconds: float

    def memory(self) -> dict[str, float]:
        """Return resident megabytes of each process by its part."""
        found: dict[str, float] = {}
        for process in self.process.children(recursive=True):
            part = _part(process.cmdline())
            found[part] = round(max(found.get(part, 0), process.memory_info().rss / 1e6), 1)
        return found


def furnish(data: Path, database_url: str = "") -> Account:
    """Set a house up with a person who has a password, and a client that is content with one."""
    settings, clock = Settings(data=data, database_url=database_url), SystemClock()
    load_or_create(settings.keys, create=True)
    store = make_store(settings, clock)
    store.migrate()
    prepared = people.prepare(
        Person(username="bench", password=PASSWORD), make_factors(settings, store, clock)
    )
    with store.write() as tx:
        people.add(tx, prepared)
    wanted = Registration(
        client_id="bench",
        redirect_uris=[REDIRECT],
        require_acr="aal1",
        scope="openid profile email offline_access bench",
        consent=False,
        access_token_seconds=300,
    )
    _, secret = register(store, clock, wanted)
    store.close()
    return Account("bench", PASSWORD, "bench", secret or "", REDIRECT)


@contextmanager
def running(data: Path, **settings: str) -> Iterator[Running]:
    """Start `gatehouse serve` and wait for its first answer."""
    port = _free_port()
    environment = os.environ | {
        "GATEHOUSE_ENV": "development",
        "GATEHOUSE_LIMITS": "off",
        "GATEHOUSE_DATA": str(data),
        "GATEHOUSE_PORT": str(port),
        "GATEHOUSE_ISSUER": f"http://localhost:{port}",
        **settings,
    }
    command = [sys.executable, "-m", "gateway.cli", "serve"]
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait(port, process)
        yield Running(psutil.Process(process.pid), port, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _part(command: list[str]) -> str:
    names = {
        "gateway.worker": "outbox worker",
        "gateway.inference": "inference pool, parent",
        "gateway.inference.worker": "inference pool, process with the models",
    }
    return next((names[word] for word in command if word in names), "web worker")


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with Wire(port) as wire:
                if wire.get("/.well-known/openid-configuration").status == 200:
                    return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError("the gateway did not start")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
