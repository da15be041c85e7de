"""A login that looks as a client wants can be read and used, by day and by night, whatever size."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import Serve
from tests.browser.test_accessibility import AXE, BY_COLOUR, FOUND, WIDE
from tests.gateway import conftest as gateway
from tests.gateway.branding import test_pages as branding
from tests.gateway.branding.test_pictures import PICTURES
from tests.gateway.conftest import House

pytestmark = pytest.mark.browser

house, build, signing_keys = gateway.house, gateway.build, gateway.signing_keys
say = branding.say
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
LOUD = {
    "light": {"accent": "#7a1f5c", "house": "#ffd400"},
    "dark": {"accent": "#ff9ad5", "house": "#00e5ff"},
}
WORDS = {"en": {"intro": "Welcome to Acme.", "help": "Call 555 0100.", "footer": "x" * 300}}


@pytest.fixture
def login(house: House, say: branding.Say, serve: Serve) -> str:
    """The address of a login for a client with loud colours."""
    bot = house.chatbot("acme")
    say("branding.put", client_id="acme", version=0, name="Acme", colours=LOUD, texts=WORDS)
    logo = branding.b64encode(PICTURES["transparent.webp"]).decode()
    say("branding.set_logo", client_id="acme", version=1, logo=logo)
    return f"{serve(house.app)}/oauth/authorize?{urlencode(bot.request())}"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read(page: Page, login: str, size: ViewportSize, scheme: Any) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(login)
    button = page.get_by_role("button", name="Log in", exact=True)
    assert (
        _colour(button.evaluate("it => getComputedStyle(it).backgroundColor"))
        == (LOUD[scheme]["accent"])
    )
    wall = page.locator("header.house").evaluate("it => getComputedStyle(it).backgroundColor")
    assert _colour(wall) == LOUD[scheme]["house"]
    assert "Login by Gatehouse" in page.locator("header.house").inner_text()
    logo = page.locator("header.house img")
    assert logo.evaluate("it => it.complete && it.naturalWidth") == 12
    assert page.evaluate(WIDE) == []
    page.evaluate(AXE.read_text())
    assert page.evaluate(FOUND, {"type": "rule", "values": BY_COLOUR}) == []


def _colour(computed: str) -> str:
    red, green, blue = (int(part) for part in computed.strip("rgb()").split(","))
    return f"#{red:02x}{green:02x}{blue:02x}"
