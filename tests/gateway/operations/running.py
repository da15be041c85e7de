"""A real `gatehouse serve` on a free port of this machine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx

from tests import ports
from tests.waiting import PATIENCE, until

DISCOVERY = "/.well-known/openid-configuration"


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
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers=dict(headers or {}))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def guess(origin: str) -> int:
    """Try a password on a connection of its own, so that either worker may have it."""
    with httpx.Client(base_url=origin, trust_env=False, timeout=PATIENCE) as client:
        page = client.get("/account", follow_redirects=True)
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert csrf
        form = {"csrf": csrf[1], "username": "jane", "password": "no password of hers"}
        return client.post(page.url.path, data=form).status_code


def wait_for(port: int, process: subprocess.Popen[str], path: str = "") -> None:
    """Wait until the discovery document comes."""

    def answers() -> bool:
        assert process.poll() is None, process.stderr and process.stderr.read()
        with suppress(OSError, HTTPException):
            return get(port, f"{path}{DISCOVERY}")[0] == 200
        return False

    until(answers)


@contextmanager
def serving(
    data: Path, path: str = "", **settings: str
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run `gatehouse serve`, logging into the folder above its data; yield its port and process."""
    port = ports.free()
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
        process.wait(PATIENCE)
