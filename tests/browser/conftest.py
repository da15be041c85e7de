"""A real headless Chromium: pages, a virtual authenticator, a file as microphone."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from tests.parts import missing
from tests.waiting import PATIENCE, until

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""No look-ups of Chromium's own; no sandbox, for containers that run the tests as root."""

PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

expect.set_options(timeout=1000 * PATIENCE)

Serve = Callable[[Flask], str]
Microphone = Callable[[Path], Page]
Authenticator = Callable[[Page], "VirtualAuthenticator"]


class VirtualAuthenticator:
    """A platform authenticator inside one page, driven by the DevTools protocol."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._protocol = page.context.new_cdp_session(page)
        self._protocol.send("WebAuthn.enable")
        added = self._protocol.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
        self._id: str = added["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """Return the passkeys it holds."""
        held = self._protocol.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        credentials: list[dict[str, Any]] = held["credentials"]
        return credentials

    def holds(self, number: int) -> None:
        """Wait until it holds so many passkeys."""
        until(lambda: len(self.credentials()) == number, step=0.05)

    def verify_user(self, verified: bool) -> None:
        """Let the person pass, or fail, the fingerprint or face check."""
        self._set("UserVerified", isUserVerified=verified)

    def _set(self, what: str, **value: bool) -> None:
        self._protocol.send(f"WebAuthn.set{what}", {"authenticatorId": self._id, **value})


def log_out(page: Page) -> None:
    """End the session on the account page; what comes next begins without one."""
    page.get_by_role("button", name="Log out here").click()
    expect(page.get_by_role("button", name="Log out here")).to_have_count(0)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium to drive: CHROMIUM or the one on the path."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return path or missing("no Chromium: install it or name it in CHROMIUM")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright for one module: its event loop runs on and would be in the way of others."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One Chromium without a microphone."""
    with closing(playwright.chromium.launch(executable_path=chromium, args=QUIET)) as browser:
        yield browser


@contextmanager
def _page(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open a page in a profile of its own; an error in its scripts fails the test."""
    errors: list[str] = []
    with closing(browser.new_context(**options)) as context:
        context.set_default_timeout(1000 * PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a desk."""
    with _page(browser, **DESK) as page:
        yield page


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    """A page on a phone."""
    with _page(browser, **PHONE) as page:
        yield page


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A page whose browser runs no scripts."""
    with _page(browser, **DESK, java_script_enabled=False) as page:
        yield page


@pytest.fixture
def authenticator() -> Authenticator:
    """Give a page a virtual authenticator."""
    return VirtualAuthenticator


@pytest.fixture
def microphone(playwright: Playwright, chromium: str) -> Iterator[Microphone]:
    """Open a page whose microphone plays a WAVE file.

    Chromium reads the file anew, from its beginning, each time the page opens the microphone:
    rewrite it in place between recordings. It is played once; silence follows.
    """
    with ExitStack() as opened:

        def open_page(recording: Path) -> Page:
            fake = [
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={recording}%noloop",
            ]
            launched = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *fake])
            browser = opened.enter_context(closing(launched))
            return opened.enter_context(_page(browser, **DESK))

        yield open_page


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve a Flask app on a free port of localhost; returns its origin."""
    with ExitStack() as running:

        def start(app: Flask) -> str:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            running.callback(thread.join)
            running.callback(server.shutdown)
            return f"http://localhost:{server.server_port}"

        yield start
