"""Files that hold secrets, or what was measured of people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def private(file: Path) -> Iterator[IO[bytes]]:
    """Open what becomes a file, whole or not at all, readable by its owner alone."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        yield opened
    draft.replace(file)


def write_private(file: Path, content: str) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    with private(file) as opened:
        opened.write(content.encode())
