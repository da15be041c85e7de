"""Recovery codes are downloaded and printed; a link in a message stops a recovery, by a button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contracts.clock import SystemClock
from gateway.opening import open_store
from gateway.settings import Settings
from tests.gateway.conftest import PASSWORD
from tests.walks.tree import Tree, serving

pytestmark = pytest.mark.browser
CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{3}-){5}[0-9A-HJKMNP-TV-Z]{3}")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with serving(tmp_path_factory.mktemp("gateway")) as tree:
        tree.run("user", "add", "alice", "--password-stdin", given=PASSWORD)
        yield tree


def test_codes_are_downloaded_printed_and_typed_back(
    tree: Tree, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{tree.issuer}/account")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Recovery codes").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    started.value.save_as(tmp_path / "codes")
    assert started.value.suggested_filename == "recovery-codes.txt"
    codes = CODE.findall((tmp_path / "codes").read_text())
    assert codes == CODE.findall(page.content())
    assert len(codes) == 10
    page.evaluate("globalThis.print = () => { globalThis.printed = true; }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("printed")
    page.emulate_media(media="print")
    expect(page.get_by_text(codes[9])).to_be_visible()
    for hidden in ("Download", "Continue"):
        expect(page.get_by_role("button", name=hidden)).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text(codes[0])).to_have_count(0)
    page.get_by_label("Type one of the codes").fill(codes[0].lower())
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("10 of 10 are left.")).to_be_visible()


def test_a_link_fills_the_code_in_and_only_the_button_stops(tree: Tree, phone_page: Page) -> None:
    tree.run("recovery", "start", "alice")
    store = open_store(Settings(env="development", data=tree.data), SystemClock())
    with closing(store), store.read() as tx:
        [recovery] = tx.recoveries.list(state=None, after=None, limit=9)
    code = recovery.stop_code
    asked: list[str] = []
    phone_page.on("request", lambda request: asked.append(request.url))
    phone_page.goto(f"{tree.issuer}/recover/stop#{code}")
    expect(phone_page.get_by_label("The code in our message")).to_have_value(code)
    assert phone_page.url == f"{tree.issuer}/recover/stop"
    assert not any(code in address for address in asked)
    assert [found["state"] for found in tree.run("recovery", "list")] == ["waiting"]
    phone_page.get_by_role("button", name="Stop the recovery").click()
    expect(phone_page.get_by_role("heading", name="The recovery is stopped")).to_be_visible()
    assert [found["state"] for found in tree.run("recovery", "list")] == ["stopped"]
