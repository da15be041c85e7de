"""axe-core looks at every page in Chromium: on phone and desk, by day and by night, in Arabic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, Page, Route, ViewportSize

from tests.browser.gallery import gather
from tests.gateway import conftest as gateway
from tests.parts import missing
from tests.web.shown import FOREIGN, PAGES
from web import pages

pytestmark = pytest.mark.browser

build, signing_keys = gateway.build, gateway.signing_keys
AXE = Path(__file__).parents[1] / "clients/node/node_modules/axe-core/axe.min.js"
STATIC = pages.ROOM / "static"
ORIGIN = "http://localhost"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_COLOUR = ["color-contrast", "link-in-text-block"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
ZOOMED: ViewportSize = {"width": 320, "height": 256}
"""A window of 1280 by 1024 at 400 % (WCAG 2.2, 1.4.10)."""
TOUCH = 44
"""Least height of what is pressed, in CSS pixels (WCAG 2.2, 2.5.5)."""

Faults = Callable[[Page, str], list[str]]
Look = Callable[[dict[str, str], Faults], list[str]]

FOUND = """async (only) => {
    const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) =>
        `${id}: ${html} ${any.map(({ message }) => message).join(" ")}`));
}"""
PRESSED = "button, .button, summary, select, .input input"
SMALL = f"""(least) => [...document.querySelectorAll("{PRESSED}")]
    .filter((each) => each.checkVisibility())
    .filter((each) => each.getBoundingClientRect().height < least)
    .map((each) => `small: ${{each.outerHTML}}`)"""
SPLIT = """() => [...document.querySelectorAll("bdi, strong, code, time")]
    .map((each) => each.parentElement)
    .filter((each) => /flex|grid/.test(getComputedStyle(each).display))
    .filter((each) => [...each.childNodes].some((c) => c.nodeType === 3 && c.data.trim()))
    .map((each) => `split: ${each.outerHTML}`)"""
"""Words and a name side by side in a flex box lose the space between them."""
WIDE = """() => document.documentElement.scrollWidth > innerWidth
    ? [`wide: ${document.documentElement.scrollWidth}`] : []"""


def _faults(page: Page, name: str) -> list[str]:
    """Look at one page: all rules on a phone by day, and the layout."""
    _open(page, name)
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(FOUND, {"type": "tag", "values": RULES})
    return found + _layout(page)


def _faults_at_night(page: Page, name: str) -> list[str]:
    """Look at one page on a phone by day, then at its colours on a desk at night."""
    found = _faults(page, name)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(DESK)
    return found + page.evaluate(FOUND, {"type": "rule", "values": BY_COLOUR})


def _open(page: Page, name: str) -> None:
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    page.goto(f"{ORIGIN}/?{_query(name)}")


def _layout(page: Page) -> list[str]:
    """Look whether what is pressed is large enough and, when enlarged, nothing is cut off."""
    found: list[str] = page.evaluate(SMALL, TOUCH) + page.evaluate(SPLIT)
    page.set_viewport_size(ZOOMED)
    return found + page.evaluate(WIDE)


def _words_fit(page: Page, name: str) -> list[str]:
    _open(page, name)
    return _layout(page)


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """Look at pages, each by its name, without a server; return what is wrong with them."""
    if not AXE.exists():
        missing("axe-core is not installed: run tools/clients.sh")
    with closing(browser.new_context(has_touch=True, reduced_motion="reduce")) as context:
        page = context.new_page()

        def look_at(shown: dict[str, str], faults: Faults) -> list[str]:
            page.route("**/*", lambda route: _answer(route, shown))
            return [f"{name}: {wrong}" for name in shown for wrong in faults(page, name)]

        yield look_at


def _answer(route: Route, shown: dict[str, str]) -> None:
    """Give the browser a page by its name, our own files, and nothing else."""
    parts = urlsplit(route.request.url)
    if parts.path == "/" and parts.query in (names := {_query(name): name for name in shown}):
        route.fulfill(body=shown[names[parts.query]], content_type="text/html; charset=utf-8")
    elif parts.path == "/static/form_post.js":
        route.fulfill(body="", content_type="text/javascript")  # would leave the page
    elif parts.path.startswith("/static/") and (STATIC / parts.path[8:]).is_file():
        route.fulfill(path=STATIC / parts.path[8:])
    else:
        route.fulfill(status=404)


def _query(name: str) -> str:
    return name.encode().hex()


def _made_up(language: str) -> dict[str, str]:
    """Return each state of each page, in a language."""
    app = Flask("pages")
    pages.install(app, service_name="Gatehouse", csrf=lambda: "token", chosen=lambda: language)
    shown = {}
    for name, (template, context) in (PAGES | FOREIGN).items():
        with app.test_request_context():
            shown[name] = render_template(template, **context)
    return shown


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_as_the_application_makes_it(
    build: gateway.Build, look: Look, language: str
) -> None:
    assert look(gather(build(registration="open"), language), _faults_at_night) == []


def test_every_state_of_every_page(look: Look) -> None:
    """What its colours are at night is known from the pages above and from the style sheet."""
    assert look(_made_up("ar"), _faults) == []


def test_long_words_fit(look: Look) -> None:
    assert look(_made_up("de"), _words_fit) == []
