"""The single-page app of `node/app` in a browser, on an origin of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page, expect

from gateway.people import Person
from tests.clients.openid_client import installed
from tests.fakes import codes
from tests.serving import answering


class Quiet(SimpleHTTPRequestHandler):
    """Serves files."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the app; yield its address."""
    files = partial(Quiet, directory=installed("app").parent)
    with answering(ThreadingHTTPServer(("127.0.0.1", 0), files)) as server:
        yield f"http://localhost:{server.server_port}/app/"


class App:
    """The app in a browser, and the person who sits there."""

    def __init__(self, page: Page, address: str, person: Person) -> None:
        self.page = page
        self.address = address
        self.person = person

    def open(self) -> None:
        """Open the app, which knows nobody yet."""
        self.page.goto(self.address)
        self.shows("null")

    def press(self, button: str) -> None:
        """Press a button of the app's."""
        press(self.page, button)

    def log_in(self) -> dict[str, Any]:
        """Go to the gateway, prove who one is, agree, come back; return what the app knows."""
        self.open()
        self.press("Log in")
        self.prove(self.page)
        known: dict[str, Any] = self.known()
        return known

    def prove(self, page: Page) -> None:
        """Prove who one is and agree, on the pages of the gateway."""
        page.get_by_label("Username").fill(self.person.username)
        page.get_by_label("Password").fill(self.person.password or "")
        press(page, "Log in")
        press(page, "Authenticator app")
        page.locator("input[name=code]").fill(codes.app(self.person.totp_secret or "").code())
        page.keyboard.press("Enter")
        press(page, "Allow")

    def known(self) -> Any:
        """Return whom the app knows, once it does."""
        self.shows("profile")
        return json.loads(self.page.locator("output").inner_text())

    def shows(self, words: str) -> None:
        """Wait until the app shows these words."""
        expect(self.page.locator("output")).to_contain_text(words)


def press(page: Page, button: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=button, exact=True).click()


Open = Callable[..., App]
