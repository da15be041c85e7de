"""A piece of work in a process of its own that is killed, as by `kill -9`, before it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def _victims(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.victims"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as process:
        yield process


def _run(victims: subprocess.Popen[str], work: str, name: str, point: int | None) -> int:
    """Let a child do the work; return how it ended, negative where a signal ended it."""
    assert victims.stdin
    assert victims.stdout
    victims.stdin.write(json.dumps([work, name, point]) + "\n")
    victims.stdin.flush()
    return int(victims.stdout.readline())


def killed(work: str, environment: Mapping[str, str], *, every: int = 1) -> Iterator[str]:
    """Kill the work at each of its touches of a database, one after the other, or every so many.

    Before each statement and before each commit, of the database and of the keystore. Yields the
    name that each was given, once its process is dead; ends when one came to its end alive.
    """
    with _victims(environment) as victims:
        point, ended = 0, -signal.SIGKILL
        while ended:
            name = f"{work}-{point}"
            ended = _run(victims, work, name, point)
            assert ended in {0, -signal.SIGKILL}, f"{name} ended by {ended}"
            yield name
            point += every
    assert point > 10, "hardly anything was killed"


def alive(work: str, environment: Mapping[str, str], name: str) -> None:
    """Let the work come to its end."""
    with _victims(environment) as victims:
        assert _run(victims, work, name, None) == 0
