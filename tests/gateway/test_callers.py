"""What is kept of a browser's description of itself: names of ours, never its own words."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import Headers

from gateway.callers import BROWSERS, SYSTEMS, caller, device, in_words
from tests.timing import AT_ONCE, quickest

MOZILLA = "Mozilla/5.0"
KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{MOZILLA} (Linux; Android 10; K) {KHTML} Chrome/131.0.0.0 Mobile", "Chrome on Android"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {KHTML} Chrome/131.0 Safari/537.36 Edg/131.0",
         "Edge on Windows"),
        (f"{MOZILLA} (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
         "Firefox on Linux"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari on macOS"),
        (f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {KHTML} Chrome/131.0 Safari/537.36",
         "Chrome on ChromeOS"),
        (f"{MOZILLA} (Linux; Android 14; SM-S918B) {KHTML} SamsungBrowser/27.0 Chrome/125.0",
         "Samsung Internet on Android"),
        ("Werkzeug/3.1", "An unknown device"),
        ("Windows", "A browser on Windows"),
        ("Firefox/1", "Firefox"),
        ("", "An unknown device"),
    ],
)  # fmt: skip
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert str(in_words(device(Headers({"User-Agent": agent})))) == words


def test_hints_say_more_than_the_agent() -> None:
    headers = {
        "User-Agent": f"{MOZILLA} (X11; Linux x86_64) {KHTML} Chrome/131.0.0.0 Safari/537.36",
        "Sec-CH-UA": '"Chromium";v="131", "Brave";v="131", "Not?A_Brand";v="24"',
        "Sec-CH-UA-Platform": '"Windows"',
    }
    assert device(Headers(headers)) == "Brave/Windows"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> Chrome/1 <b>Windows",
        "Chrome/1\tSet-Cookie: a=b Windows",
        "%(browser)s Chrome/1 %n%n Windows",
        "\x1b[2J Chrome/1 Windows\u202e",
    ],
)
def test_of_hostile_words_nothing_is_kept(hostile: str) -> None:
    assert device(Headers({"User-Agent": hostile})) == "Chrome/Windows"
    assert str(in_words(device(Headers({"User-Agent": hostile})))) == "Chrome on Windows"


def test_a_long_agent_takes_no_time() -> None:
    def look() -> None:
        for words in ("Version/" + "1" * 100_000, "Mobile/" * 50_000, "A" * 1_000_000):
            assert device(Headers({"User-Agent": words, "Sec-CH-UA": words})) == ""

    assert quickest(look)[1] < AT_ONCE


def test_every_name_fits_what_is_stored() -> None:
    assert max(map(len, BROWSERS)) + max(map(len, SYSTEMS)) < 63


def test_a_command_is_nobody() -> None:
    assert caller().address == caller().device == ""
