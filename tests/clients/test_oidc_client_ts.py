"""npm's oidc-client-ts in Chromium: an app without a server, on an origin of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from gateway.people import Person
from tests.clients.gateway import Gateway
from tests.clients.openid_client import installed

pytestmark = [pytest.mark.slow, pytest.mark.browser]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of the app."""
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


@pytest.fixture
def opened(gateway: Gateway, address: str, page: Page) -> Open:
    """Register a public client and give its settings to the app."""

    def opened(**settings: object) -> App:
        client, _ = gateway.client(address, public=True, post_logout_redirect_uris=[address])
        settings |= {"authority": gateway.issuer, "client_id": client.id}
        page.add_init_script(f"window.settings = {json.dumps(settings)}")
        return App(page, address, gateway.person())

    return opened


@pytest.fixture(params=["bearer", "bound"])
def app(opened: Open, request: pytest.FixtureRequest) -> App:
    """An app with bearer tokens, and one with tokens bound to a key of the browser's."""
    return opened(scope="openid profile offline_access", bound=request.param == "bound")


def test_a_person_logs_in(app: App) -> None:
    user = app.log_in()
    assert user["profile"]["acr"] == "aal2"
    app.press("Who am I?")
    app.shows(app.person.username)


def test_the_app_renews_silently(app: App) -> None:
    first = app.log_in()
    app.press("Renew")
    second = app.known()
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert second["profile"]["sub"] == first["profile"]["sub"]


def test_without_a_refresh_token_it_renews_in_a_frame(opened: Open) -> None:
    app = opened(scope="openid profile")
    first = app.log_in()
    assert "refresh_token" not in first
    app.press("Renew")
    second = app.known()
    assert second["access_token"] != first["access_token"]
    assert second["profile"]["auth_time"] == first["profile"]["auth_time"]


def test_what_was_revoked_is_worth_nothing(app: App) -> None:
    app.log_in()
    app.press("Revoke")
    assert app.known()["refresh_token"] is None
    app.press("Who am I?")
    app.shows("401")


def test_who_comes_back_is_not_asked_again(app: App) -> None:
    first = app.log_in()
    app.page.evaluate("sessionStorage.clear()")
    app.page.goto(app.address)
    app.shows("null")
    app.press("Log in")
    assert app.known()["profile"]["auth_time"] == first["profile"]["auth_time"]


def test_logging_out_ends_the_session_at_the_gateway(app: App) -> None:
    app.log_in()
    with app.page.expect_navigation(url=app.address):
        app.press("Log out")
    app.shows("null")
    app.press("Log in")
    app.page.get_by_label("Username").wait_for()
