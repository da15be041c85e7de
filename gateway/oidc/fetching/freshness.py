"""For how long a fetched document counts (RFC 9111, section 4.2), within bounds of our own."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

LEAST = timedelta(minutes=1)
USUAL = timedelta(hours=1)
"""Where the server says nothing."""
MOST = timedelta(hours=24)

MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?([0-9]{1,10})"?\s*(?=,|$)', re.IGNORECASE)
NEVER = re.compile(r"(?:^|,)\s*(?:no-store|no-cache)\b", re.IGNORECASE)


def freshness(headers: Message) -> timedelta:
    """Return the freshness lifetime that these headers give, less the age they tell."""
    return min(max(_lifetime(headers) - _age(headers), LEAST), MOST)


def _lifetime(headers: Message) -> timedelta:
    said = headers.get("Cache-Control", "")
    if NEVER.search(said):
        return LEAST
    if max_age := MAX_AGE.search(said):
        return timedelta(seconds=int(max_age[1]))
    if "Expires" not in headers:
        return USUAL
    expires, date = _instant(headers.get("Expires", "")), _instant(headers.get("Date", ""))
    return expires - date if expires and date else LEAST


def _age(headers: Message) -> timedelta:
    said = headers.get("Age", "").strip()
    return timedelta(seconds=int(said)) if re.fullmatch("[0-9]{1,10}", said) else timedelta()


def _instant(said: str) -> datetime | None:
    """Read an HTTP date; what is none lies in the past (RFC 9111, section 5.3)."""
    try:
        found = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else None
