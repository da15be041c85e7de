"""Forks a child for each line it reads, `[work, name, point]`, and prints how the child ended.

The application is made once, before the first fork; no connection to a database is inherited.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy import Engine, event

from tests.faults import works


def serve() -> None:
    """Answer one line after the other."""
    works.house().store.close()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _child(*json.loads(line))
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _child(work: str, name: str, point: int | None) -> None:
    """Do what must be there before; then work, until the point where the process is killed."""
    sys.stdout = sys.stderr
    steps = getattr(works, work)(name)
    next(steps)
    if point is not None:
        _arm(point)
    next(steps, None)
    os._exit(0)


def _arm(point: int) -> None:
    numbers = count()

    def touch(*_touched: Any) -> None:
        if next(numbers) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", touch)
    event.listen(Engine, "commit", touch)


if __name__ == "__main__":
    serve()
