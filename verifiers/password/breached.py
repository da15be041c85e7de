"""Passwords that are known from breaches: an offline file, or a service that is asked by range.

Both know passwords by SHA-1, as Have I Been Pwned publishes them: `<40 hex digits>:<count>`.
"""

from __future__ import annotations

import logging
import os
import re
from hashlib import sha1
from pathlib import Path
from typing import BinaryIO, Protocol

from contracts.errors import Misconfigured, Unavailable
from contracts.factor import Fetch
from contracts.text import Text

DIGITS = 40
PREFIX = 5
"""Digits that a service is told: hundreds of known passwords begin with the same."""

LINE = re.compile(rb"[0-9A-Fa-f]{40}(?::[0-9]+)?\r?\n?")
LONGEST = 64
"""Bytes of the longest line."""

SAMPLES = 64
"""Lines of a file that are looked at when it is opened: are they hashes, do they ascend?"""

log = logging.getLogger("gatehouse.password")


class Breached(Protocol):
    """Knows passwords that were stolen somewhere."""

    def holds(self, password: str) -> bool:
        """Tell whether a password, in its normal form, is among them."""
        ...


class BreachedFile:
    """A file of hashes in ascending order, searched where it lies; gigabytes are no matter."""

    def __init__(self, path: Path) -> None:
        """Raises Misconfigured where the file cannot be read or searched."""
        self._path = path
        try:
            with path.open("rb") as file:
                sound = _sound(file)
        except OSError as error:
            raise _unfit(path, detail=str(error)) from error
        if not sound:
            raise _unfit(path)

    def holds(self, password: str) -> bool:
        """Search the file; where it cannot be read any more, say so in the log and let pass."""
        try:
            with self._path.open("rb") as file:
                return _found(file, _digest(password).encode())
        except OSError as error:
            log.warning("the file of breached passwords fails", extra={"detail": str(error)})
            return False


class BreachedRange:
    """A service that returns all hashes that begin alike, so that it never learns which was meant.

    It must not decide who can have a password at all: where it does not answer, the log says so
    and the other rules hold.
    """

    def __init__(self, url: str, fetch: Fetch) -> None:
        self._url = url.rstrip("/")
        self._fetch = fetch

    def holds(self, password: str) -> bool:
        """Ask for the range of the password's hash, padded so that its length says nothing."""
        digest = _digest(password)
        try:
            answer = self._fetch(f"{self._url}/{digest[:PREFIX]}", {"Add-Padding": "true"})
        except Unavailable as error:
            log.warning("the source of breached passwords fails", extra={"detail": error.detail})
            return False
        lines = (line.partition(":") for line in answer.decode("ascii", "replace").splitlines())
        counts = {suffix.strip().upper(): count.strip() for suffix, _, count in lines}
        return counts.get(digest[PREFIX:], "0") != "0"  # padding has a count of 0


def _digest(password: str) -> str:
    data = password.encode("utf-8", "surrogatepass")
    return sha1(data, usedforsecurity=False).hexdigest().upper()


def _found(file: BinaryIO, wanted: bytes) -> bool:
    """Search by halves; `low` is always where a line begins."""
    low, high = 0, _size(file)
    while low < high:
        middle = (low + high) // 2
        start, line = _line(file, middle)
        if line and line[:DIGITS].upper() < wanted:
            low = start + len(line)
        else:
            high = middle
    return _line(file, low)[1][:DIGITS].upper() == wanted


def _line(file: BinaryIO, offset: int) -> tuple[int, bytes]:
    """Return the first line that begins at an offset or after it, and where that is."""
    file.seek(max(0, offset - 1))
    if offset:
        file.readline(LONGEST)
    return file.tell(), file.readline(LONGEST)


def _sound(file: BinaryIO) -> bool:
    size = _size(file)
    lines = [_line(file, size * part // SAMPLES)[1] for part in range(SAMPLES)]
    hashes = [line[:DIGITS].upper() for line in lines if line]
    return bool(hashes) and all(map(LINE.fullmatch, filter(None, lines))) and _ascending(hashes)


def _ascending(hashes: list[bytes]) -> bool:
    return hashes == sorted(hashes)


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _unfit(path: Path, *, detail: str = "") -> Misconfigured:
    message = "%(path)s must be readable and hold SHA-1 hashes, one a line, in ascending order."
    return Misconfigured(Text(message, {"path": str(path)}), detail=detail)
