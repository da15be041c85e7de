"""Who is calling, as far as a request says: the address it came from, and what kind of device."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import has_request_context, request
from werkzeug.datastructures import Headers

from contracts.text import Text

LONGEST = 512
"""Characters of a header that are looked at."""

BROWSERS = {
    "Edge": "Microsoft Edge|Edg/|EdgA/|EdgiOS/",
    "Opera": "Opera|OPR/|OPT/",
    "Samsung Internet": "Samsung Internet|SamsungBrowser/",
    "Brave": "Brave",
    "Vivaldi": "Vivaldi",
    "Firefox": "Firefox/|FxiOS/",
    "Chrome": "Google Chrome|Chrome/|CriOS/",
    "Chromium": "Chromium",
    "Safari": "Version/[0-9.]+ (?:Mobile/[0-9A-Za-z]+ )?Safari/",
}
"""What names a browser; the more special names come first, for they name the others too."""

SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "ChromeOS": r"CrOS|Chrome ?OS|Chromium ?OS",
    "iPad": "iPad",
    "iPhone": "iPhone|^iOS$",
    "macOS": "Macintosh|macOS|Mac OS X",
    "Linux": "Linux|X11",
}

BETWEEN = "/"


@dataclass(frozen=True, slots=True)
class Caller:
    """An address, and a device in names of ours: never the words that a browser sent."""

    address: str = ""
    device: str = ""


def caller() -> Caller:
    """Return who sent this request; nobody where there is none, as in a command."""
    if not has_request_context():
        return Caller()
    return Caller(request.remote_addr or "", device(request.headers))


def device(headers: Headers) -> str:
    """Return browser and system (`Chrome/Android`) of the names above, empty where unknown.

    The hints of User Agent Client Hints say it plainly, where a browser sends them.
    """
    agent = headers.get("User-Agent", "")
    browser = _named(BROWSERS, headers.get("Sec-CH-UA", "")) or _named(BROWSERS, agent)
    platform = headers.get("Sec-CH-UA-Platform", "").strip('"')
    system = _named(SYSTEMS, platform) or _named(SYSTEMS, agent)
    return f"{browser}{BETWEEN}{system}" if browser or system else ""


def in_words(device: str | None) -> Text:
    """Say what a device is, in words for its owner."""
    browser, _, system = (device or "").partition(BETWEEN)
    if browser and system:
        return Text("%(browser)s on %(system)s", {"browser": browser, "system": system})
    if system:
        return Text("A browser on %(system)s", {"system": system})
    return Text(browser) if browser else Text("An unknown device")


def _named(names: Mapping[str, str], words: str) -> str:
    said = words[:LONGEST]
    return next((name for name, pattern in names.items() if re.search(pattern, said)), "")
