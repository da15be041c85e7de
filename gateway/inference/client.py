"""The web worker's end of the pool: a blocking call for any thread of any process."""

from __future__ import annotations

import socket
from pathlib import Path
from threading import BoundedSemaphore

from contracts.errors import Unavailable
from contracts.factor import Infer
from gateway.inference import protocol
from gateway.inference.settings import InferenceSettings

LONGER_SECONDS = 10.0
"""So much longer than the pool keeps a job waiting, so that the pool's own answer comes first."""

FULL = "as many threads of this process wait for the inference pool as may"


def connect(path: Path, patience: float | None = None, callers: int | None = None) -> Infer:
    """Return a callable that runs one job of the pool at a socket; nothing is opened before.

    So many `callers` wait at one time as the settings say; one more is turned away at once, so that
    a process has threads left for what needs no pool.
    """
    settings = InferenceSettings.load()
    places = BoundedSemaphore(callers or settings.callers)
    seconds = patience or settings.wait_seconds + LONGER_SECONDS

    def infer(job: str, payload: bytes) -> bytes:
        if not places.acquire(blocking=False):
            raise Unavailable(detail=FULL)
        try:
            request = protocol.Frame({"job": job}, payload)
            return protocol.unpack(_exchange(path, request, seconds))
        finally:
            places.release()

    return infer


def _exchange(path: Path, request: protocol.Frame, patience: float) -> protocol.Frame:
    """Send one request on a connection of its own. Raises BadRequest or Unavailable."""
    data = request.encode()
    try:
        with socket.socket(socket.AF_UNIX) as pool:
            pool.settimeout(patience)
            pool.connect(str(path))
            pool.sendall(data)
            with pool.makefile("rb") as answer:
                return protocol.read(answer)
    except (OSError, EOFError) as error:
        raise Unavailable(detail=f"the inference pool does not answer: {error!r}") from error
