"""How much something costs: time of the processor, so that a busy machine changes little."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
Seconds = Callable[[], float]
AT_ONCE = 0.05
"""Seconds that refusing anything may cost."""
TRIES = 5


def quickest(
    call: Callable[[], Answer], enough: float = AT_ONCE, clock: Seconds = time.process_time
) -> tuple[Answer, float]:
    """Call until one call took less than is enough, a few times at most.

    Return the last answer and the least of the times, in seconds: the first call may load what
    later ones find, and any may meet the collector of garbage.
    """
    taken: list[float] = []
    while not taken or (min(taken) >= enough and len(taken) < TRIES):
        begun = clock()
        answer = call()
        taken.append(clock() - begun)
    return answer, min(taken)
