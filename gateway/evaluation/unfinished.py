"""What an evaluation has encoded so far, so that an interrupted one goes on where it was.

The file holds embeddings of people: biometric data. Only its owner can read it, and it goes when
the evaluation is complete.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

NAME = "unfinished.jsonl"


class Unfinished:
    """Results by key, written down one line each as they come. Use it as a context."""

    def __init__(self, folder: Path, *, resume: bool, keep: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / NAME
        self._keep = keep
        self._known = _read(self.path) if resume else {}
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Write anew what is known: a line that was cut off is gone."""
        self.path.unlink(missing_ok=True)
        self._file = os.fdopen(
            os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"
        )
        for key, (data, more) in self._known.items():
            self._write(key, data, more)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Leave it for the next run only where this one broke off, or where it is to be kept."""
        if self._file:
            self._file.close()
        if kind is None and not self._keep:
            self.path.unlink(missing_ok=True)

    def get(self, key: str) -> tuple[bytes, dict[str, str]] | None:
        """Return what was added under a key."""
        return self._known.get(key)

    def add(self, key: str, data: bytes, **more: str) -> None:
        """Keep a result."""
        self._known[key] = data, more
        self._write(key, data, more)

    def _write(self, key: str, data: bytes, more: dict[str, str]) -> None:
        if self._file is None:
            raise ValueError("not open")
        line = {"key": key, "data": b64encode(data).decode(), **more}
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()


def _read(path: Path) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Read every whole line; the last one may have been cut off."""
    if not path.exists():
        return {}
    lines = path.read_bytes().split(b"\n")[:-1]
    return dict(_parsed(json.loads(line)) for line in lines)


def _parsed(line: dict[str, Any]) -> tuple[str, tuple[bytes, dict[str, str]]]:
    return line.pop("key"), (b64decode(line.pop("data")), line)
