"""Reading from a request who is calling."""

from __future__ import annotations

from gateway.browser import Browser
from gateway.callers import caller
from gateway.login.steps import Visit
from web.pages import language_tag


def visit(browser: Browser) -> Visit:
    """Return who sent this request."""
    seen = caller()
    return Visit(browser.id, browser.session, seen.address, seen.device, language_tag())
