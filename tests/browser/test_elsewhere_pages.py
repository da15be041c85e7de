"""Codes of devices and requests of backends, answered in a real browser at a real gateway."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.fakes import codes
from tests.gateway.conftest import PASSWORD
from tests.walks.tree import Tree, serving

pytestmark = pytest.mark.browser

SEED = pyotp.random_base32(32)
PEOPLE = "vera", "vito", "viola"
"""Each has one browser: a login by another one would be asked for more."""
TOUCH = 44
"""Least height of a target in CSS pixels (WCAG 2.2, 2.5.5)."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    data = tmp_path_factory.mktemp("gateway")
    with serving(data) as tree:
        people = data / "people"
        secrets = {"password": PASSWORD, "totp_secret": SEED}
        people.write_text("\n".join(json.dumps({"username": name, **secrets}) for name in PEOPLE))
        tree.run("user", "import", str(people))
        device = ("client", "add", "speaker", "--public", "--require-acr", "aal1")
        tree.run(*device, "--grant-type", "device_code")
        yield tree


@pytest.fixture(scope="module")
def bank(tree: Tree) -> str:
    """The secret of a backend that asks for people."""
    wanted = ("--grant-type", "ciba", "--ciba", "poll", "--require-acr", "aal1")
    made = tree.run("client", "add", "bank", "--name", "Bank", *wanted)
    secret: str = made["client_secret"]
    return secret


def post(tree: Tree, path: str, secret: str = "", **sent: str) -> dict[str, Any]:
    """Send a form as a program does and return the JSON that comes back, error or not."""
    fields = {}
    if secret:
        pair = base64.b64encode(f"bank:{secret}".encode()).decode()
        fields["Authorization"] = f"Basic {pair}"
    request = Request(f"{tree.issuer}{path}", urlencode(sent).encode(), fields)
    try:
        with urlopen(request) as answer:
            body: dict[str, Any] = json.load(answer)
    except HTTPError as error:
        with error:
            body = json.load(error)
    return body


def poll(tree: Tree, codes: dict[str, Any]) -> dict[str, Any]:
    return post(
        tree,
        "/oauth/token",
        client_id="speaker",
        grant_type="urn:ietf:params:oauth:grant-type:device_code",
        device_code=codes["device_code"],
    )


def device(tree: Tree) -> dict[str, Any]:
    return post(tree, "/oauth/device_authorization", client_id="speaker", scope="openid")


def give_password(page: Page, username: str) -> None:
    """Log in, or show again that it is you: then the name is there and cannot be changed."""
    name, password = page.get_by_label("Username"), page.get_by_label("Password", exact=True)
    expect(password).to_be_visible()
    if name.is_editable():
        name.fill(username)
    password.fill(PASSWORD)
    page.keyboard.press("Enter")


def test_a_device_is_let_in_by_keyboard(tree: Tree, page: Page) -> None:
    codes = device(tree)
    page.goto(codes["verification_uri"])
    expect(page.get_by_label("Code on your device")).to_be_focused()
    page.keyboard.type(codes["user_code"].lower())
    page.keyboard.press("Enter")
    give_password(page, "vera")
    expect(page.get_by_text(codes["user_code"])).to_be_visible()
    for role, wanted in (
        ("link", "Skip to the content"),
        ("button", "Allow"),
        ("button", "Do not allow"),
    ):
        page.keyboard.press("Tab")
        expect(page.get_by_role(role, name=wanted, exact=True)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Allowed")).to_be_visible()
    assert poll(tree, codes)["scope"] == "openid"


def test_a_device_is_turned_away_without_scripts(tree: Tree, plain_page: Page) -> None:
    codes = device(tree)
    plain_page.goto(codes["verification_uri_complete"])
    expect(plain_page.get_by_label("Code on your device")).to_have_value(codes["user_code"])
    plain_page.get_by_role("button", name="Continue").click()
    give_password(plain_page, "vito")
    plain_page.get_by_role("button", name="Do not allow").click()
    expect(plain_page.get_by_role("heading", name="Not allowed")).to_be_visible()
    assert poll(tree, codes) == {"error": "access_denied"}


def switch_on(page: Page, tree: Tree) -> None:
    page.goto(f"{tree.issuer}/account")
    give_password(page, "viola")
    page.get_by_role("link", name="Requests on this device").click()
    page.get_by_role("button", name="Show requests").click()
    app, code = page.get_by_role("button", name="Authenticator app"), page.get_by_label("code")
    expect(app.or_(code).first).to_be_visible()
    if app.is_visible():
        app.click()
    code.fill(codes.app(SEED).code())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Show requests").click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()


def fits_a_thumb(page: Page) -> None:
    page.wait_for_load_state()
    shown = page.locator("button:visible, a.button:visible")
    heights = shown.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert heights
    assert min(heights) >= TOUCH
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_request_appears_by_itself_on_the_chosen_phone(
    tree: Tree, bank: str, phone_page: Page
) -> None:
    switch_on(phone_page, tree)
    said = {"scope": "openid", "login_hint": "viola", "binding_message": "Order 7"}
    taken = post(tree, "/oauth/backchannel-authentication", bank, **said)
    expect(phone_page.get_by_role("heading", name="Is this you?")).to_be_visible()
    expect(phone_page.get_by_text("Order 7")).to_be_visible()
    fits_a_thumb(phone_page)
    phone_page.get_by_role("button", name=taken["binding_number"]).click()
    give_password(phone_page, "viola")
    expect(phone_page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    fits_a_thumb(phone_page)
    phone_page.get_by_role("button", name="Allow", exact=True).click()
    expect(phone_page.get_by_role("heading", name="Allowed")).to_be_visible()
    grant = {"grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": taken["auth_req_id"]}
    assert "id_token" in post(tree, "/oauth/token", bank, **grant)
