"""A browser that says it can create a passkey by itself is asked to, and nobody waits for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Authenticator, Serve
from tests.gateway.conftest import PASSWORD
from tests.walks.tree import Tree, serving

pytestmark = pytest.mark.browser

WATCHED = """
globalThis.made = [];
const create = navigator.credentials.create.bind(navigator.credentials);
navigator.credentials.create = (options) => {
  made.push({
    mediation: options.mediation ?? "",
    verification: options.publicKey.authenticatorSelection.userVerification,
  });
  options.signal?.addEventListener("abort", () => made.push("aborted"));
  return ANSWER;
};
"""
SILENT = "new Promise((_, reject) => options.signal?.addEventListener('abort', reject))"
DOES_IT = "create({ ...options, mediation: 'optional' })"
ABLE = "PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true });"
UNABLE = "PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: false });"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with serving(tmp_path_factory.mktemp("gateway")) as tree:
        tree.run(
            "client", "add", "bank", "--public", "--no-consent", "--redirect-uri", f"{tree.issuer}/"
        )
        yield tree


@pytest.fixture
def username(tree: Tree, request: pytest.FixtureRequest) -> str:
    """An account with a password, one per test."""
    name = re.sub(r"\W+", "-", request.node.name)
    tree.run("user", "add", name, "--password-stdin", given=PASSWORD)
    return name


def be_sent(page: Page, tree: Tree, username: str) -> None:
    """Be sent by a chatbot that wants a second factor, and give the password."""
    query = {
        "client_id": "bank",
        "response_type": "code",
        "redirect_uri": f"{tree.issuer}/",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    page.goto(f"{tree.issuer}/oauth/authorize?{urlencode(query)}")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_the_page_is_there_while_the_browser_is_silent(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    authenticator(page)
    page.add_init_script(ABLE + WATCHED.replace("ANSWER", SILENT))
    be_sent(page, tree, username)
    page.wait_for_function("() => made.length === 1")
    assert page.evaluate("made[0]") == {"mediation": "conditional", "verification": "preferred"}
    page.get_by_role("button", name="Authenticator app").click()
    expect(page.get_by_role("heading", name="Authenticator app")).to_be_visible()


def test_what_the_browser_created_is_there(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    page.add_init_script(ABLE + WATCHED.replace("ANSWER", DOES_IT))
    be_sent(page, tree, username)
    expect(page.get_by_text("It is set up. Now use it once.")).to_be_visible()
    device.holds(1)
    page.get_by_role("button", name="Passkey").click()
    page.get_by_role("button", name="Continue with your passkey").click()
    page.wait_for_url("**/?code=*")


def test_the_account_page_asks_the_browser_too(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    page.add_init_script(ABLE + WATCHED.replace("ANSWER", DOES_IT))
    page.goto(f"{tree.issuer}/account")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()
    device.holds(1)
    assert page.evaluate("made") == []


def test_a_browser_that_cannot_is_not_asked(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    authenticator(page)
    page.add_init_script(UNABLE + WATCHED.replace("ANSWER", SILENT))
    be_sent(page, tree, username)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("made") == []
    page.get_by_role("button", name="Passkey").click()
    expect(page.get_by_role("button", name="Create a passkey")).to_be_visible()


def test_a_frame_of_another_origin_gets_no_page(tree: Tree, page: Page, serve: Serve) -> None:
    """W09: no page of ours stands in a frame, so that no ceremony does."""
    evil = Flask("evil")
    evil.add_url_rule("/", view_func=lambda: f'<iframe src="{tree.issuer}/account"></iframe>')
    with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
        page.goto(serve(evil))
    assert [frame for frame in page.frames if frame.url.startswith(tree.issuer)] == []
