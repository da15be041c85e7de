"""The pool's hold on one worker process."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence

from contracts.errors import Misconfigured
from gateway.inference.protocol import Frame, receive, unpack

COMMAND = (sys.executable, "-m", "gateway.inference.worker")
QUIET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}
"""One thread, which is all that a job gets, and one arena for its memory."""
DEAD = os.WEXITED | os.WNOHANG | os.WNOWAIT
"""Ask whether it ended, without a wait, and leave the answer to whoever waits for it."""


class Worker:
    """One running process with its models loaded."""

    def __init__(self, process: Process, reader: asyncio.StreamReader) -> None:
        self._process = process
        self._reader = reader

    @classmethod
    async def start(cls, command: Sequence[str], seconds: float) -> Worker:
        """Start a process and wait for its models. Raises Misconfigured where that fails."""
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=os.environ | QUIET
        )
        if process.stdout is None:
            raise RuntimeError("a pipe was asked for")
        worker = cls(process, process.stdout)
        try:
            await worker._greet(seconds)
        except BaseException:
            await worker.kill()
            raise
        return worker

    async def _greet(self, seconds: float) -> None:
        try:
            unpack(await asyncio.wait_for(receive(self._reader), seconds))
        except (TimeoutError, EOFError) as error:
            raise Misconfigured(detail="an inference worker does not start; see its log") from error

    @property
    def alive(self) -> bool:
        """Whether the process still runs; the system knows before the event loop has heard."""
        if self._process.returncode is not None:
            return False
        try:
            return os.waitid(os.P_PID, self.pid, DEAD) is None
        except ChildProcessError:
            return False

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    async def ask(self, request: Frame) -> Frame:
        """Hand over one request and wait. Raises EOFError or OSError where the process dies."""
        if self._process.stdin is None:
            raise RuntimeError("a pipe was asked for")
        self._process.stdin.write(request.encode())
        await self._process.stdin.drain()
        return await receive(self._reader)

    async def kill(self) -> None:
        """End the process now."""
        if self.alive:
            self._process.kill()
        await self._process.wait()
