"""How long a refusal takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
AT_ONCE = 0.05
"""Seconds that refusing anything may take."""


def quickest(call: Callable[[], Answer]) -> tuple[Answer, float]:
    """Call three times; return the last answer and the least time: the machine has other work."""
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        answer = call()
        taken.append(time.perf_counter() - begun)
    return answer, min(taken)
