"""Whether a proof speaks of this URI (RFC 9449, section 4.3; RFC 3986, section 6.2)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

WRITTEN = re.compile(r"[!-\[\]-~]{1,2048}")
"""Visible ASCII without the backslash, which some parsers read as a slash."""

ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
PORTS = {"https": 443, "http": 80}


def matches(htu: object, url: str) -> bool:
    """Compare without query and fragment, after normalisation by syntax and by scheme.

    Dot segments are left as they are: no client sends them, for its own library removes them.
    """
    try:
        return isinstance(htu, str) and _normalized(htu) == _normalized(url)
    except ValueError:
        return False


def _normalized(uri: str) -> tuple[str, str, int | None, str]:
    if not WRITTEN.fullmatch(uri):
        raise ValueError("not a URI")
    parts = urlsplit(uri)
    if "@" in parts.netloc:
        raise ValueError("user information")
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme)
    return parts.scheme, host, port, ESCAPED.sub(_unescaped, parts.path) or "/"


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if UNRESERVED.fullmatch(character) else escape[0].upper()
