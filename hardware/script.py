"""The script that drives a simulator: one command a line, one line a capture."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock

from contracts.errors import DeviceError
from contracts.text import Text


class Command(StrEnum):
    """What the simulated sensor does at one capture."""

    SCAN = "SCAN"
    RETRY = "RETRY"
    ERROR = "ERROR"
    UNPLUG = "UNPLUG"


@dataclass(frozen=True, slots=True)
class Line:
    """One command and its words: a file for SCAN, a reason for RETRY and ERROR."""

    command: Command
    words: str = ""


def parse(text: str) -> list[Line]:
    """Read a script; blank lines and lines that start with # mean nothing. Raises DeviceError."""
    numbered = enumerate((line.strip() for line in text.splitlines()), start=1)
    return [_line(number, line) for number, line in numbered if line and not line.startswith("#")]


def _line(number: int, text: str) -> Line:
    command, _, words = text.partition(" ")
    if command not in Command.__members__ or (command == Command.SCAN and not words):
        raise DeviceError(
            Text("Line %(number)d of the simulator's script is not a command.", {"number": number}),
            detail=text,
        )
    return Line(Command(command), words.strip())


class Script:
    """A script file and how far it has been played; after its last line it starts again.

    UNPLUG lasts until the file changes, and a changed file is played from its first line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._lines: list[Line] = []
        self._stamp: tuple[int, int, int] | None = None
        self._position = 0
        self._unplugged = False

    def plugged(self) -> bool:
        """Tell whether the simulated sensor can be seen. Raises DeviceError for a bad script."""
        with self._lock:
            self._refresh()
            return bool(self._lines) and not self._unplugged

    def next(self) -> Line:
        """Take the line of this capture. Raises DeviceError where the sensor is unplugged."""
        with self._lock:
            self._refresh()
            if self._unplugged or not self._lines:
                raise DeviceError(Text("The simulated sensor is unplugged."))
            line = self._lines[self._position % len(self._lines)]
            self._position += 1
            self._unplugged = line.command is Command.UNPLUG
            return line

    def _refresh(self) -> None:
        try:
            stamp = _stamp(self.path.stat())
            if stamp != self._stamp:
                self._lines = parse(self.path.read_text(encoding="utf-8"))
                self._stamp, self._position, self._unplugged = stamp, 0, False
        except (OSError, UnicodeDecodeError) as error:
            raise DeviceError(
                Text("The simulator's script cannot be read."), detail=str(error)
            ) from error


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_size, status.st_ino
