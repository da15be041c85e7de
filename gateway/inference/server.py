"""The pool's socket: mode 0600, one request and one answer per connection."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from contracts.errors import BadRequest, Misconfigured
from gateway.inference.pool import Pool
from gateway.inference.protocol import Frame, failure, receive

READ_SECONDS = 10.0
PARTING_SECONDS = 1.0
"""For the last answers to be written once the pool has stopped."""


async def serve(path: Path, pool: Pool) -> None:
    """Start the pool and answer until SIGTERM or SIGINT. Raises Misconfigured."""
    talks: set[asyncio.Task[None]] = set()
    try:
        await pool.start()
        async with listening(path, pool, talks):
            await stopped()
    finally:
        await pool.stop()
        if talks:
            await asyncio.wait(talks, timeout=PARTING_SECONDS)


@asynccontextmanager
async def listening(path: Path, pool: Pool, talks: set[asyncio.Task[None]]) -> AsyncIterator[None]:
    """Listen on a socket that only this user can open; remove it at the end."""

    def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(converse(reader, writer, pool))
        talks.add(talk)
        talk.add_done_callback(talks.discard)

    with alone(path), bound(path) as listener:
        server = await asyncio.start_unix_server(handle, sock=listener)
        try:
            yield
        finally:
            server.close()
            path.unlink(missing_ok=True)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold what one pool of a socket can hold, for as long as it lives. Raises Misconfigured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = path.with_name(f"{path.name}.lock").open("w")
    except OSError as error:
        raise Misconfigured(detail=f"cannot listen on {path}: {error}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Misconfigured(detail=f"another inference pool listens on {path}") from error
        yield


def bound(path: Path) -> socket.socket:
    """Listen on the socket, in the place of one that an ended pool has left. Raises Misconfigured.

    It comes to its name when it listens: whoever sees it there can connect.
    """
    unnamed = path.with_name(f"{path.name}~")
    unnamed.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o177)
    try:
        listener.bind(str(unnamed))
        listener.listen()
        unnamed.rename(path)
    except OSError as error:
        listener.close()
        raise Misconfigured(detail=f"cannot listen on {path}: {error}") from error
    finally:
        os.umask(mask)
    return listener


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pool: Pool) -> None:
    """Read one request, answer it, hang up; a caller that hangs up first is let go."""
    try:
        writer.write((await answer(reader, pool)).encode())
        await writer.drain()
    except (EOFError, OSError, TimeoutError):
        pass
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader, pool: Pool) -> Frame:
    """Answer one request. Raises EOFError or TimeoutError where it does not come whole."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            request = await receive(reader)
    except BadRequest as error:
        return failure(error)
    return await pool.submit(request)


async def stopped() -> None:
    """Wait to be asked to stop."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
