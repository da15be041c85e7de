"""Which redirect URIs can be registered at all (RFC 9700, section 2.1; RFC 8252, section 7)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

WEB, LOOPBACK, PRIVATE = "web", "loopback", "private-use"

LONGEST = 2048
PORT = r"(?::[0-9]{1,5})?"
REST = r"(?:[/?](?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
KINDS = {
    WEB: re.compile(rf"https://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]){PORT}{REST}"),
    LOOPBACK: re.compile(rf"http://(?:localhost|127\.0\.0\.1|\[::1\]){PORT}{REST}"),
    PRIVATE: re.compile(rf"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:(?://[A-Za-z0-9._-]*)?{REST}"),
}
HIDDEN = re.compile(r"%(?:[01][0-9a-f]|5c|7f)", re.IGNORECASE)
"""Control characters and backslashes, which nobody writes so who means well."""


def kind(uri: str) -> str | None:
    """Return what kind of redirect URI this is; None for one that cannot be registered.

    https, plain http on this very machine, or a scheme in reverse domain name form; never a
    fragment, never userinfo, nothing that two parsers could read differently.
    """
    if len(uri) > LONGEST or HIDDEN.search(uri):
        return None
    found = next((name for name, form in KINDS.items() if form.fullmatch(uri)), None)
    return found if _addressed(uri) else None


def _addressed(uri: str) -> bool:
    """Tell whether what stands between brackets is an IPv6 address, and the port is one."""
    try:
        _ = urlsplit(uri).port
    except ValueError:
        return False
    return True


def is_web(uri: str) -> bool:
    """Tell whether it is an http(s) address: on the web, or on this very machine."""
    return kind(uri) in {WEB, LOOPBACK}
