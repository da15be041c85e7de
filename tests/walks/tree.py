"""A gateway in development that runs for real, and its command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gateway.operations import running
from tests.waiting import PATIENCE

PATIENT = {
    "GATEHOUSE_INFERENCE_JOB_SECONDS": str(PATIENCE),
    "GATEHOUSE_INFERENCE_WAIT_SECONDS": str(PATIENCE),
}
"""A pool that gives up no job because the machine is busy."""
TRIES = 7
"""One true answer in twenty is misheard: so many in a row, once in a thousand million runs."""
OFTEN = {"GATEHOUSE_FAILURES_PER_LOGIN": "20", "GATEHOUSE_FAILURES_PER_HOUR": "100"}
"""Limits that let somebody be misheard so often."""
DEVELOPMENT = {"GATEHOUSE_ENV": "development", "GATEHOUSE_VOICE_ENABLED": "1", **PATIENT}


@dataclass
class Tree:
    """A process tree that serves, voice included."""

    issuer: str
    data: Path

    def run(self, *words: str, given: str = "") -> Any:
        """Run a command of the gateway's; return what it prints as JSON."""
        own = running.environment(self.data, **DEVELOPMENT, GATEHOUSE_ISSUER=self.issuer)
        process = running.gatehouse(*words, "--json", env=own, stdin=-1)
        told, complaint = process.communicate(given, timeout=PATIENCE)
        assert process.returncode == 0, complaint
        return json.loads(told)


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[Tree]:
    """Run `gatehouse serve` until it answers, and end it by SIGTERM."""
    with running.serving(data, **DEVELOPMENT, **settings) as (port, process):
        yield Tree(f"http://localhost:{port}", data)
    assert process.returncode == 0
