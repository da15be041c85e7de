"""The process tree: children are started, restarted when they die, and ended with their parent."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

Command = Sequence[str]

GRACE_SECONDS = 10.0
"""How long a child may take to end when it is asked to."""
PAUSE_SECONDS = 1.0
"""Between two looks at the children, and before a dead one is started again."""
PARENT = "GATEHOUSE_PARENT_PID"
"""Tells a child who started it, for the parent may be gone before the child looks."""
MISCONFIGURED = 2
"""Exit code of a process that cannot run before a person changes something."""

log = logging.getLogger("gatehouse.process")


class Children:
    """Keeps one process alive per command, each in a session of its own so that Ctrl-C is ours.

    A child that ends its first life as misconfigured has told the operator why: then `refused` is
    set, and this process is asked to end, as if by SIGTERM.
    """

    def __init__(self, commands: Mapping[str, Command]) -> None:
        self._commands = commands
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._died: set[str] = set()
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="children", daemon=True)
        self.refused = False

    def __enter__(self) -> Self:
        os.environ[PARENT] = str(os.getpid())
        for name in self._commands:
            self._start(name)
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._watcher.join()
        for child in self._running.values():
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for name, child in self._running.items():
            _reap(name, child, deadline)

    def pid(self, name: str) -> int:
        """Return the process id of a child's present life."""
        return self._running[name].pid

    def _start(self, name: str) -> None:
        self._running[name] = subprocess.Popen(  # noqa: S603 - our own modules, no shell
            self._commands[name], stdin=subprocess.DEVNULL, start_new_session=True
        )

    def _watch(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            for name, child in list(self._running.items()):
                if (code := child.poll()) is not None:
                    self._bury(name, code)

    def _bury(self, name: str, code: int) -> None:
        if code == MISCONFIGURED and name not in self._died:
            self.refused = True
            self._stopping.set()
            os.kill(os.getpid(), signal.SIGTERM)
            return
        log.error("child died, starting it again", extra={"child": name, "code": code})
        self._died.add(name)
        self._start(name)


def _reap(name: str, child: subprocess.Popen[bytes], deadline: float) -> None:
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        log.warning("child did not end, killing it", extra={"child": name})
        child.kill()
        child.wait()


def end_with_parent() -> None:
    """End this process, as if by SIGTERM, soon after its parent is gone (even by SIGKILL)."""
    parent = int(os.environ.get(PARENT) or os.getppid())
    threading.Thread(target=_wait_for, args=(parent,), name="parent", daemon=True).start()


def _wait_for(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PAUSE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
