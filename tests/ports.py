"""Ports that are still free when a server that was told of one begins to listen."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack, suppress
from itertools import cycle

FIRST, EACH, PROCESSES = 11_000, 100, 200
"""Below those that a system gives to connections (RFC 6335: from 49152; Linux: from 32768)."""
_next = cycle(range(EACH))


def free(count: int = 1) -> int:
    """Return the first of so many neighbouring ports that nobody listens on.

    Every process of tests has a hundred of its own, which it goes through in turn.
    """
    own = FIRST + EACH * (os.getpid() % PROCESSES)
    for _ in range(EACH):
        offset = next(_next)
        if offset + count <= EACH and _nobody_listens(own + offset, count):
            for _ in range(count - 1):
                next(_next)
            return own + offset
    raise AssertionError(f"no {count} neighbouring ports are free")


def _nobody_listens(first: int, count: int) -> bool:
    with ExitStack() as held, suppress(OSError):
        for port in range(first, first + count):
            held.enter_context(socket.create_server(("127.0.0.1", port)))
        return True
    return False
