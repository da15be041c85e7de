"""Passkeys on the first page of a login, created after a password, and forgotten when removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Authenticator, log_out
from tests.gateway.conftest import PASSWORD
from tests.walks.tree import Tree, serving

pytestmark = pytest.mark.browser

CONDITIONAL = """
globalThis.asked = [];
const get = navigator.credentials.get.bind(navigator.credentials);
navigator.credentials.get = (options) => {
  asked.push(options.mediation ?? "");
  options.signal?.addEventListener("abort", () => asked.push("aborted"));
  return get(options);
};
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with serving(tmp_path_factory.mktemp("gateway")) as tree:
        yield tree


@pytest.fixture
def username(tree: Tree, request: pytest.FixtureRequest) -> str:
    """An account with a password, one per test."""
    name = re.sub(r"\W+", "-", request.node.name)
    tree.run("user", "add", name, "--password-stdin", given=PASSWORD)
    return name


def log_in(page: Page, tree: Tree, username: str) -> None:
    page.goto(f"{tree.issuer}/account")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{tree.issuer}/account*")


def add_passkey(page: Page) -> None:
    page.get_by_role("button", name="Passkey").click()
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()


def test_a_passkey_is_filled_in_without_a_name(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    """A virtual authenticator picks the passkey as a person picks it in the list."""
    authenticator(page)
    log_in(page, tree, username)
    add_passkey(page)
    log_out(page)
    page.goto(f"{tree.issuer}/account")
    expect(page.get_by_text(username)).to_be_visible()
    page.wait_for_url(f"{tree.issuer}/account*")


def test_the_offer_ends_when_the_form_is_sent(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    authenticator(page)
    page.add_init_script(CONDITIONAL)
    page.goto(f"{tree.issuer}/account")
    page.wait_for_function("() => asked.includes('conditional')")
    assert page.get_by_label("Username").get_attribute("autocomplete") == "username webauthn"
    page.route(re.compile(r"/login/[^/]+$"), lambda route: route.abort(), times=1)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.evaluate("document.addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_function("() => asked.includes('aborted')")


def test_a_browser_without_it_has_the_button_and_asks_for_nothing(tree: Tree, page: Page) -> None:
    page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.goto(f"{tree.issuer}/account")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    assert posts == []


def test_a_gateway_that_does_not_answer_spoils_nothing(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    authenticator(page)
    page.route("**/factor", lambda route: route.abort())
    log_in(page, tree, username)
    expect(page.get_by_text(username)).to_be_visible()


def test_without_user_verification_nobody_is_logged_in(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    log_in(page, tree, username)
    add_passkey(page)
    log_out(page)
    device.verify_user(False)
    page.goto(f"{tree.issuer}/account")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Continue with your passkey").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert "/login/" in page.url


def remove(page: Page, label: str) -> None:
    row = page.locator("li", has_text=label)
    row.get_by_text("Remove", exact=True).click()
    row.get_by_role("button", name=re.compile("Yes, remove")).click()
    expect(row.get_by_text("Remove", exact=True)).to_have_count(0)


def use_passkey(page: Page, tree: Tree) -> None:
    """Log out and press the button for passkeys."""
    log_out(page)
    page.goto(f"{tree.issuer}/account")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Continue with your passkey").click()


def test_a_removed_passkey_is_forgotten_by_the_device(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    log_in(page, tree, username)
    page.get_by_role("button", name="Passkey").click()
    page.get_by_label("Name of this passkey").fill("Laptop")
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_text("Laptop")).to_be_visible()
    expect(page.get_by_text("Stays on one device")).to_be_visible()
    device.holds(1)
    log_out(page)
    page.goto(f"{tree.issuer}/account")
    page.wait_for_url(f"{tree.issuer}/account*")
    remove(page, "Laptop")
    device.holds(0)


def test_a_passkey_that_nobody_has_is_forgotten_when_it_is_used(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")
    log_in(page, tree, username)
    add_passkey(page)
    page.add_init_script("delete PublicKeyCredential.signalAllAcceptedCredentials")
    use_passkey(page, tree)
    page.wait_for_url(f"{tree.issuer}/account*")
    remove(page, "Passkey")
    device.holds(1)
    use_passkey(page, tree)
    expect(page.get_by_role("alert")).to_be_visible()
    device.holds(0)
