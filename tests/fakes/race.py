"""Many threads that start at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")
RUNNERS = 50


def race(call: Callable[[], Result], runners: int = RUNNERS) -> list[Result]:
    """Run the call in so many threads at once and return what each returned."""
    start = Barrier(runners)

    def run() -> Result:
        start.wait()
        return call()

    with ThreadPoolExecutor(runners) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(runners)]]
