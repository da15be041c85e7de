"""How much a refusal costs: time of the processor, so that a busy machine changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
AT_ONCE = 0.05
"""Seconds that refusing anything may cost."""


def quickest(call: Callable[[], Answer]) -> tuple[Answer, float]:
    """Call until one call was quick, three times at most; return the last answer and the least."""
    taken: list[float] = []
    while not taken or (min(taken) >= AT_ONCE and len(taken) < 3):
        begun = time.process_time()
        answer = call()
        taken.append(time.process_time() - begun)
    return answer, min(taken)
