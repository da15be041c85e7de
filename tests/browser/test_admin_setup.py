"""The first admin in a browser: the printed link, a username, a passkey, the admin pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Authenticator
from tests.walks.tree import Tree, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with serving(tmp_path_factory.mktemp("gateway")) as tree:
        yield tree


def test_a_link_a_username_and_a_passkey_open_the_admin_pages(
    tree: Tree, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    page.goto(tree.run("admin", "link")["link"])
    expect(page.get_by_label("Set-up code")).not_to_be_empty()
    assert "#" not in page.url
    page.get_by_label("Username").fill("ada")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_role("heading", name="Your account is ready")).to_be_visible()
    device.holds(1)

    # The browser offers the passkey by itself, and this one's owner always takes it.
    page.get_by_role("link", name="Log in").click()
    page.wait_for_url(f"{tree.issuer}/admin*")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_without_scripts_the_code_is_typed(tree: Tree, plain_page: Page) -> None:
    link = tree.run("admin", "link")["link"]
    plain_page.goto(link)
    plain_page.get_by_label("Set-up code").fill(link.partition("#")[2])
    plain_page.get_by_label("Username").fill("ada")
    plain_page.get_by_role("button", name="Continue").click()
    expect(plain_page.get_by_role("heading", name="Passkey")).to_be_visible()
