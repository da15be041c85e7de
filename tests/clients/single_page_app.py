"""The single-page app of `node/app` in a browser, on an origin of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pyotp
from playwright.sync_api import Page, expect

from gateway.people import Person
from tests.clients.openid_client import installed


class Quiet(SimpleHTTPRequestHandler):
    """Serves files."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the app; yield its address."""
    files = partial(Quiet, directory=installed("app").parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/app/"
        server.shutdown()
        thread.join()


class App:
    """The app in a browser, and the person who sits there."""

    def __init__(self, page: Page, address: str, person: Person) -> None:
        self.page = page
        self.address = address
        self.person = person

    def press(self, button: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def log_in(self) -> dict[str, Any]:
        """Go to the gateway, prove who one is, agree, come back; return what the app knows."""
        self.page.goto(self.address)
        self.press("Log in")
        self.page.get_by_label("Username").fill(self.person.username)
        self.page.get_by_label("Password").fill(self.person.password or "")
        self.press("Log in")
        self.press("Authenticator app")
        code = pyotp.TOTP(self.person.totp_secret or "").now()
        self.page.locator("input[name=code]").fill(code)
        self.page.keyboard.press("Enter")
        self.press("Allow")
        self.page.wait_for_url(self.address)
        return self.known()

    def known(self) -> Any:
        """Return whom the app knows, once it does."""
        self.shows("profile")
        return json.loads(self.page.locator("output").inner_text())

    def shows(self, words: str) -> None:
        """Wait until the app shows these words."""
        expect(self.page.locator("output")).to_contain_text(words, timeout=20_000)


Open = Callable[..., App]
