"""openid-client in a Node process of its own, called line by line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.parts import missing, program

FOLDER = Path(__file__).with_name("node")


class Refused(Exception):
    """What the library, or the provider behind it, refuses to do."""


class OpenidClient:
    """A relying party that the library speaks for."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def call(self, name: str, *given: object) -> Any:
        """Call a function of the library. Raises Refused with the error's code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([name, *given]), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer["result"]


@contextmanager
def running(**given: object) -> Iterator[OpenidClient]:
    """Run the library as one client of an issuer."""
    command = [program("node"), str(installed("openid_client.js")), json.dumps(given)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        yield OpenidClient(process)
        process.communicate()
    assert process.returncode == 0


def installed(name: str) -> Path:
    """Return a file of the folder of JavaScript clients, or do without the test."""
    if not (FOLDER / "node_modules" / ".package-lock.json").exists():
        missing("the JavaScript clients are not installed: tools/clients.sh")
    return FOLDER / name
