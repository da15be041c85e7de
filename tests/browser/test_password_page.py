"""A new password is pasted whole, looked at, and kept under the right name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, render_template, request
from playwright.sync_api import Page, expect

from contracts.factor import Ask
from contracts.text import Text
from enrollment.outcomes import Asked
from web import pages

pytestmark = pytest.mark.browser

Serve = Callable[[Flask], str]
PASSWORD = "пароль 🦒 " * 15
OPTIONS = {
    **{"autocomplete": "new-password", "username": "ada"},
    **{"least": 8, "alone": 15, "estimate": 1},
}


@pytest.fixture
def new_password(serve: Serve) -> tuple[str, list[dict[str, str]]]:
    """The origin of a page that asks for a new password, and the forms it was sent."""
    app = Flask("password page")
    pages.install(app, service_name="Gatehouse", csrf=lambda: "csrf-token")
    received: list[dict[str, str]] = []
    asks = [
        Ask("copied", "text", Text("Copied from")),
        Ask("password", "password", Text("New password"), OPTIONS),
    ]
    asked = Asked("handle", "password", Text("Password"), asks, 1, 1, enrolling=True)

    @app.get("/")
    def show() -> str:
        return render_template(
            "challenge.html", asked=asked, action="/answer", resend="/resend", enrolling=True
        )

    @app.post("/answer")
    def answer() -> str:
        received.append(request.form.to_dict())
        return "<h1>Received</h1>"

    @app.post("/enroll/estimate/password")
    def estimate() -> dict[str, object]:
        return {"score": len(request.form["value"]), "words": "Judged"}

    return serve(app), received


def test_a_password_is_pasted_whole_and_can_be_looked_at(
    page: Page, new_password: tuple[str, list[dict[str, str]]]
) -> None:
    origin, received = new_password
    page.goto(origin)
    page.get_by_label("Copied from").fill(PASSWORD)
    page.get_by_label("Copied from").select_text()
    page.keyboard.press("ControlOrMeta+C")
    field = page.get_by_label("New password")
    field.focus()
    page.keyboard.press("ControlOrMeta+V")
    expect(field).to_have_value(PASSWORD)
    page.get_by_role("button", name="Show what you typed").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Received").wait_for()
    assert received[0]["password"] == PASSWORD
    assert "username" not in received[0]


def test_a_manager_finds_the_name_beside_a_new_password(
    page: Page, new_password: tuple[str, list[dict[str, str]]]
) -> None:
    page.goto(new_password[0])
    name = page.locator("input[autocomplete=username]")
    expect(name).to_have_value("ada")
    expect(name).to_be_hidden()
    expect(page.get_by_label("New password")).to_have_attribute("autocomplete", "new-password")
    expect(page.get_by_text("fewer than 15")).to_be_visible()


def test_a_meter_follows_what_is_typed(
    page: Page, new_password: tuple[str, list[dict[str, str]]]
) -> None:
    page.goto(new_password[0])
    meter = page.get_by_role("meter", name="How hard it is to guess")
    expect(meter).to_be_hidden()
    page.get_by_label("New password").press_sequentially("abc")
    expect(meter).to_have_js_property("value", 3)
    expect(page.get_by_text("Judged")).to_be_visible()
    page.get_by_label("New password").fill("")
    expect(meter).to_be_hidden()
