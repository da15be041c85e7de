"""Connections to a mail server that are used again: TLS and a login cost more than a message."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from smtplib import SMTP
from threading import Lock
from time import monotonic

MOST = 4
"""Connections that are kept; as many messages are on their way at once."""

IDLE_SECONDS = 60.0
"""RFC 5321, 4.5.3.2.7: servers wait five minutes; some less."""


class Connections:
    """Hands out each connection to one user at a time; what failed is not used again."""

    def __init__(self, connect: Callable[[], SMTP]) -> None:
        self._connect = connect
        self._kept: deque[tuple[float, SMTP]] = deque()
        self._lock = Lock()

    @contextmanager
    def one(self) -> Iterator[SMTP]:
        """Lend a connection that answers. Raises OSError where none can be had."""
        connection = self._answering() or self._connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    def close(self) -> None:
        """Close what is kept."""
        while (connection := self._take()) is not None:
            connection.close()

    def _answering(self) -> SMTP | None:
        """Return a kept connection that the server still knows."""
        while (connection := self._take()) is not None:
            if _answers(connection):
                return connection
            connection.close()
        return None

    def _take(self) -> SMTP | None:
        """Take the one used last; those that were idle for too long are closed on the way."""
        with self._lock:
            while self._kept and self._kept[0][0] < monotonic() - IDLE_SECONDS:
                self._kept.popleft()[1].close()
            return self._kept.pop()[1] if self._kept else None

    def _keep(self, connection: SMTP) -> None:
        with self._lock:
            self._kept.append((monotonic(), connection))
            if len(self._kept) > MOST:
                self._kept.popleft()[1].close()


def _answers(connection: SMTP) -> bool:
    try:
        return connection.noop()[0] == 250
    except OSError:  # smtplib's errors are OSErrors too
        return False
