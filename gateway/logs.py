"""Logs: one JSON object a line on standard error, of our own events and the libraries' alike."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

from pythonjsonlogger.json import JsonFormatter

FIELDS = {"asctime": "timestamp", "levelname": "level", "name": "logger", "message": "event"}


def configure(level: int = logging.INFO) -> None:
    """Send every log record to standard error as JSON, with the fields of its `extra`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(list(FIELDS), rename_fields=FIELDS))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Below this Authlib writes out whole token responses.
    logging.getLogger("authlib").setLevel(logging.INFO)
    logging.basicConfig(handlers=[handler], level=level, force=True)


class Formatter(JsonFormatter):
    """Writes the time as RFC 3339 in UTC; tracebacks hold no local variables and so no secrets."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002
        """Return when it happened."""
        return datetime.fromtimestamp(record.created, UTC).isoformat()
