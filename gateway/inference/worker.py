"""A process of the pool: loads the models once, then does one job after the other."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from typing import BinaryIO

from contracts.errors import GatehouseError, Misconfigured, Unavailable
from contracts.inference import Job, Jobs
from gateway.inference.protocol import Frame, failure, read
from gateway.inference.settings import InferenceSettings
from verifiers import registry


def run(find: Callable[[], Jobs]) -> None:
    """Serve the jobs until the pool hangs up; a job that breaks takes the process along."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = streams()
    limit_memory(InferenceSettings.load().memory_mb)
    try:
        jobs = {name: load() for name, load in find().items()}
    except Misconfigured as error:
        send(answers, failure(error))
        return
    send(answers, Frame({"jobs": sorted(jobs)}))
    serve(jobs, requests, answers)


def serve(jobs: Mapping[str, Job], requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer request after request."""
    while True:
        try:
            request = read(requests)
        except EOFError:
            return
        send(answers, answer(jobs, request))


def answer(jobs: Mapping[str, Job], request: Frame) -> Frame:
    """Do one job; what it raises for the person is its answer."""
    job = jobs.get(str(request.header.get("job")))
    if job is None:
        return failure(Unavailable(detail=f"no job {request.header.get('job')!r} here"))
    try:
        return Frame(payload=job(request.payload))
    except GatehouseError as error:
        return failure(error)


def streams() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output for frames; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return sys.stdin.buffer, answers


def send(answers: BinaryIO, frame: Frame) -> None:
    """Write one frame at once."""
    answers.write(frame.encode())
    answers.flush()


def limit_memory(megabytes: int) -> None:
    """Let the kernel refuse memory beyond the limit."""
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


if __name__ == "__main__":
    # A pool that ends while the models load has hung up before it could be told of them.
    with contextlib.suppress(BrokenPipeError):
        run(registry.jobs)
