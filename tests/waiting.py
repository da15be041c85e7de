"""Waiting for what happens in another thread or process, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
PATIENCE = 120.0
"""Seconds that anything may take; whoever waits pays only for what it does take."""
STEP = 0.02


def until(answer: Callable[[], Answer], seconds: float = PATIENCE, *, step: float = STEP) -> Answer:
    """Ask again and again until the answer is a true one, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := answer()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} seconds"
        time.sleep(step)
    return found
