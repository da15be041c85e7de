"""Forms work by keyboard, on a phone and without scripts; scripts only add comfort."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template, request
from playwright.sync_api import Page, expect

from web import pages

pytestmark = pytest.mark.browser

Serve = Callable[[Flask], str]
TOUCH = 44
"""Least height of a target in CSS pixels (WCAG 2.2, 2.5.5)."""


@pytest.fixture
def login(serve: Serve) -> tuple[str, list[dict[str, str]]]:
    """The origin of a login page, and the forms it was sent."""
    app = Flask("login page")
    pages.install(app, service_name="Gatehouse", csrf=lambda: "csrf-token")
    received: list[dict[str, str]] = []
    context: dict[str, Any] = {"login": "handle", "hint": "", "client_name": "Bank"}

    @app.get("/")
    def show() -> str:
        return render_template("login.html", fixed=False, passkey=True, error=None, **context)

    @app.post("/login/handle")
    def answer() -> str:
        received.append(request.form.to_dict())
        return "<h1>Received</h1>"

    return serve(app), received


def focused(page: Page) -> str:
    """The accessible name of what has the focus."""
    name: str = page.evaluate(
        """() => { const on = document.activeElement;
        return on.labels?.[0]?.innerText ?? on.ariaLabel ?? on.innerText }"""
    )
    return name


def test_the_form_is_filled_and_sent_by_keyboard(
    page: Page, login: tuple[str, list[dict[str, str]]]
) -> None:
    origin, received = login
    page.goto(origin)
    page.get_by_role("button", name="Show what you typed").wait_for()
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("ada")
    order = []
    for _ in range(6):
        page.keyboard.press("Tab")
        order.append(focused(page))
    first = ["Password", "Show what you typed", "Log in", "Use a passkey"]
    assert order == [*first, "I cannot log in", "Cancel"]
    page.get_by_label("Password").fill("a long secret")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Received").wait_for()
    sent = {"csrf": "csrf-token", "username": "ada", "password": "a long secret"}
    assert received == [sent]


def test_the_form_works_without_scripts(
    plain_page: Page, login: tuple[str, list[dict[str, str]]]
) -> None:
    origin, received = login
    plain_page.goto(origin)
    plain_page.get_by_label("Username").fill("ada")
    plain_page.get_by_label("Password").fill("a long secret")
    plain_page.get_by_role("button", name="Log in").click()
    plain_page.get_by_role("heading", name="Received").wait_for()
    assert received[0]["password"] == "a long secret"


def test_the_password_can_be_shown(page: Page, login: tuple[str, list[dict[str, str]]]) -> None:
    page.goto(login[0])
    page.get_by_role("button", name="Show what you typed").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide what you typed").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "password")


def test_targets_fit_a_thumb_and_the_page_fits_the_phone(
    phone_page: Page, login: tuple[str, list[dict[str, str]]]
) -> None:
    phone_page.goto(login[0])
    phone_page.get_by_role("button", name="Show what you typed").wait_for()
    heights = phone_page.locator("button:visible, input:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= TOUCH
    assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
