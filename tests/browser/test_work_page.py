"""The work of a form is done beside the page, under our policy, and the person need do nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from flask import Flask, render_template, request
from playwright.sync_api import Page, expect

from gateway import headers
from gateway.limits import puzzles
from gateway.limits.demand import Puzzle
from web import pages

pytestmark = pytest.mark.browser

Serve = Callable[[Flask], str]


def digest(purpose: str, value: str) -> str:
    return sha256(f"{purpose}\0{value}".encode()).hexdigest()


@pytest.fixture
def strained(serve: Serve) -> tuple[str, list[bool]]:
    """The origin of a login page of a strained house, and whether the work it was sent was done."""
    app, done = Flask("strained house"), list[bool]()
    pages.install(app, service_name="Gatehouse", csrf=lambda: "csrf-token")
    headers.install(app, secure=False)

    @app.get("/")
    def show() -> str:
        now = datetime.now(UTC)
        bits = int(request.args.get("bits", puzzles.EASIEST))
        puzzle = Puzzle(puzzles.issue(digest, "somebody", bits, now), bits)
        return render_template("login.html", login="handle", puzzle=puzzle)

    @app.post("/login/handle")
    def first() -> str:
        form = request.form
        issued = puzzles.read(digest, "somebody", form["work"], datetime.now(UTC))
        done.append(issued is not None and issued.solved(form["solution"]))
        return "<h1>Received</h1>"

    return serve(app), done


def fill(page: Page) -> None:
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password", exact=True).fill("correct horse battery staple")
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize("bits", [puzzles.EASIEST, puzzles.HARDEST])
def test_the_browser_works_while_the_form_is_filled_in(
    page: Page, strained: tuple[str, list[bool]], bits: int
) -> None:
    origin, done = strained
    page.goto(f"{origin}/?bits={bits}")
    fill(page)
    expect(page.get_by_role("heading", name="Received")).to_be_visible()
    assert done == [True]


def test_it_says_how_it_goes(page: Page, strained: tuple[str, list[bool]]) -> None:
    page.goto(strained[0])
    expect(page.get_by_role("status")).to_have_text("Your browser is checked.")
    expect(page.get_by_text("Please wait 20 seconds")).to_be_hidden()


def test_where_no_worker_starts_the_person_waits(
    page: Page, strained: tuple[str, list[bool]]
) -> None:
    origin, done = strained
    page.route("**/work-solver.js*", lambda route: route.abort())
    page.goto(origin)
    expect(page.get_by_text("Please wait 20 seconds before you go on.")).to_be_visible()
    fill(page)
    expect(page.get_by_role("heading", name="Received")).to_be_visible()
    assert done == [False]


def test_without_scripts_the_person_waits(
    plain_page: Page, strained: tuple[str, list[bool]]
) -> None:
    plain_page.goto(strained[0])
    expect(plain_page.get_by_text("Please wait 20 seconds before you go on.")).to_be_visible()
