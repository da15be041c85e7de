"""A worker of the pool with jobs that behave and jobs that do not."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from contracts.errors import BadRequest, Misconfigured, Retry
from contracts.inference import Job, Jobs
from contracts.text import Text
from gateway.inference.worker import run


def echo(payload: bytes) -> bytes:
    return payload


def again(payload: bytes) -> bytes:
    raise Retry(Text("Wait %(seconds)d seconds", {"seconds": 3}), detail="too quiet")


def bad(payload: bytes) -> bytes:
    raise BadRequest(Text("No recording."))


def crash(payload: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return payload


def broken(payload: bytes) -> bytes:
    return bytes(1 // len(payload))


def slow(payload: bytes) -> bytes:
    time.sleep(float(payload))
    return b"slept"


def held(payload: bytes) -> bytes:
    """Say that it has begun by a file in a folder, and end when there is another named `go`."""
    folder = Path(payload.decode())
    (folder / "begun").touch()
    while not (folder / "go").exists():
        time.sleep(0.01)
    return b"let go"


def meet(payload: bytes) -> bytes:
    """Wait until another job, in another process, has come to the same folder."""
    folder = Path(payload.decode())
    folder.joinpath(str(os.getpid())).touch()
    while len(list(folder.iterdir())) < 2:
        time.sleep(0.01)
    return b"met"


def greedy(payload: bytes) -> bytes:
    return bytes(bytearray(4 * 2**30)[:1])


def noisy(payload: bytes) -> bytes:
    os.write(1, b"a library that prints")
    return b"quiet"


def pid(payload: bytes) -> bytes:
    return str(os.getpid()).encode()


def unloadable() -> Job:
    raise Misconfigured(detail="the model is missing: run gatehouse models pull")


def find() -> Jobs:
    if "missing" in sys.argv:
        return {"missing": unloadable}
    good = (echo, again, bad, crash, broken, slow, held, meet, greedy, noisy, pid)
    return {job.__name__: lambda job=job: job for job in good}


if __name__ == "__main__":
    run(find)
