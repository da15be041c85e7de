"""The pages of operators in Chromium: read by axe-core, used without a mouse, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from gateway.admin.pages.sections import ACTIONS, SECTIONS
from gateway.admin.roles import Role
from tests.browser import test_accessibility as accessibility
from tests.gateway import conftest as gateway
from tests.gateway.admin.pages.conftest import Operator
from tests.gateway.conftest import PASSWORD, SEED, House

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]

build, signing_keys, house = gateway.build, gateway.signing_keys, gateway.house
look = accessibility.look
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
Serve = Callable[[Flask], str]


def admin(house: House) -> Operator:
    operator = Operator(house, "root")
    with house.store.write() as tx:
        tx.operators.grant(operator.id, Role.ADMIN, "system:0")
    return operator


def visited(house: House, language: str) -> dict[str, str]:
    """Return every page that an admin comes to, by where it is."""
    alice = house.enrolled("alice", password=PASSWORD, otp="alice@example.org", totp=SEED)
    house.enrolled("a.very.long.name.of.somebody.in.a.department@subsidiary.example.org")
    house.chatbot("bot")
    operator = admin(house)
    operator.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    below = [f"people/{alice}", "clients/bot", "branding/bot"]
    paths = ["/admin", *(f"/admin/{name}" for name in [*SECTIONS, *below])]
    asked = {"person": alice, "client_id": "bot"}
    found = {path: operator.go(path).text for path in paths}
    for name in ACTIONS:
        page = operator.go(f"/admin/do/{name}", **asked)
        if page.status_code == 200:
            found[name] = page.text
    operator.do("clients.update", {"client_id": "bot"}, require_acr="nothing")
    found["a mistyped client"] = operator.page.text
    operator.do("tickets.issue", {"person": alice})
    found["a ticket"] = operator.page.text
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_for_everybody(house: House, look: accessibility.Look, language: str) -> None:
    found = visited(house, language)
    assert len(found) > 40
    assert look(found, accessibility._faults_at_night) == []


def open_as_admin(page: Page, house: House, serve: Serve) -> str:
    operator = admin(house)
    origin = serve(house.app)
    page.context.add_cookies(
        [{"name": "gatehouse_session", "value": operator.cookie, "url": origin}]
    )
    return origin


@pytest.fixture
def served(build: gateway.Build) -> House:
    """A house whose issuer may be at any port: its pages only, and no login."""
    return build()


def test_an_admin_needs_no_mouse(served: House, page: Page, serve: Serve) -> None:
    served.enrolled("alice", password=PASSWORD)
    origin = open_as_admin(page, served, serve)
    page.goto(f"{origin}/admin")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_role("link", name="People", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Username").focus()
    page.keyboard.type("alice")
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name="alice")
    row.get_by_role("link").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("alice")
    expect(page.get_by_role("link", name="People", exact=True).first).to_have_attribute(
        "aria-current", "true"
    )
    page.get_by_role("link", name="Keep out").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep out")
    expect(page.get_by_text("alice", exact=True)).to_be_visible()


def test_a_phone_has_a_menu_without_scripts(served: House, phone_page: Page, serve: Serve) -> None:
    origin = open_as_admin(phone_page, served, serve)
    phone_page.goto(f"{origin}/admin")
    clients = phone_page.get_by_role("navigation").get_by_role("link", name="Clients")
    expect(clients).to_be_hidden()
    phone_page.get_by_role("button", name="Menu").tap()
    clients.tap()
    expect(phone_page.get_by_role("heading", level=1)).to_have_text("Clients")
    expect(clients).to_be_hidden()


def test_a_table_stays_one_on_a_phone(served: House, phone_page: Page, serve: Serve) -> None:
    served.enrolled("alice", password=PASSWORD)
    origin = open_as_admin(phone_page, served, serve)
    phone_page.goto(f"{origin}/admin/people")
    table = phone_page.get_by_role("table", name="People by username")
    expect(table.get_by_role("columnheader", name="E-mail address")).to_have_count(1)
    expect(table.get_by_role("rowheader", name="alice")).to_be_visible()
    expect(table.get_by_role("cell").first).to_contain_text("alice@example.org")
