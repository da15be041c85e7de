"""What tests of the pool share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def path() -> Iterator[Path]:
    """A socket; its path is at most some hundred bytes long."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "run" / "pool.sock"
