"""What a person is asked to confirm is all to be seen, on a phone and on a desk."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template
from playwright.sync_api import Page

from gateway.oidc.resources.types.message import Message
from tests.browser.conftest import Serve
from web import pages

pytestmark = pytest.mark.browser

TEXT = "Pay \u202e0001\u202c EUR\n" + "a line\n" * 60 + "to " + "x" * 200


@pytest.fixture
def origin(serve: Serve) -> str:
    """The origin of a page that shows a long message with something hidden in it."""
    app = Flask("consent page")
    pages.install(app, service_name="Gatehouse", csrf=lambda: "csrf-token")
    context: dict[str, Any] = {"scopes": [], "resources": [], "stranger": None, "lifetime": 60}

    @app.get("/")
    def show() -> str:
        return render_template(
            "consent.html",
            client_name="Penny",
            redirect_host="chat.example.org",
            action="/",
            details=[Message().shown({"message": TEXT})],
            for_one_message=True,
            **context,
        )

    return serve(app)


@pytest.mark.parametrize("kind", ["page", "phone_page"])
def test_the_message_is_shown_in_full_and_nothing_hides_in_it(
    kind: str, origin: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(kind)
    page.goto(origin)
    text = page.locator("blockquote")
    assert "U+202E" in text.inner_text()
    assert text.evaluate("it => it.scrollHeight <= it.clientHeight + 1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for mark in page.locator("mark").all():
        box = mark.bounding_box()
        assert box is not None
        assert box["width"] > 20
        assert mark.evaluate("it => getComputedStyle(it).opacity") == "1"
    shown, button = text.bounding_box(), page.get_by_role("button").first.bounding_box()
    assert shown is not None
    assert button is not None
    assert button["y"] >= shown["y"] + shown["height"]
