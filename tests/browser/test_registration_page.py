"""Making an account in a browser: for a chatbot with a passkey, and from an invitation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from contracts.clock import SystemClock
from gateway.opening import open_store
from gateway.settings import Settings
from store.outbox import MESSAGE
from tests.browser.conftest import Authenticator
from tests.gateway.conftest import PASSWORD
from tests.waiting import until
from tests.walks.tree import Tree, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with serving(tmp_path_factory.mktemp("gateway"), GATEHOUSE_REGISTRATION="open") as tree:
        to = f"{tree.issuer}/signed-out"
        tree.run("client", "add", "bank", "--public", "--no-consent", "--redirect-uri", to)
        yield tree


def code(tree: Tree) -> str:
    """Return the code that waits in the outbox: no sender takes it away here."""
    store = open_store(
        Settings(env="test", data=tree.data, issuer=tree.issuer), clock := SystemClock()
    )

    def sent() -> list[str]:
        with store.write() as tx:
            later = clock.now() + timedelta(minutes=2)
            texts = [row.payload["text"] for row in tx.outbox.claim(later, timedelta(), MESSAGE)]
        return [match.group() for text in texts if (match := re.match(r"\d{6}", text))]

    with closing(store):
        return until(sent)[-1]


def test_a_chatbots_user_makes_an_account_with_a_passkey(
    tree: Tree, phone_page: Page, authenticator: Authenticator
) -> None:
    page, device = phone_page, authenticator(phone_page)
    query = {
        "client_id": "bank",
        "response_type": "code",
        "redirect_uri": f"{tree.issuer}/signed-out",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    page.goto(f"{tree.issuer}/oauth/authorize?{urlencode(query)}")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("E-mail address").fill("ann@example.org")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code sent to").fill(code(tree))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Username")).to_have_value("ann@example.org")
    page.get_by_label("Username").fill("ann")
    page.get_by_role("button", name="Passkey").click()
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_text("Your account is ready. Now log in with it once.")).to_be_visible()
    device.holds(1)
    page.get_by_role("button", name="Passkey").click()
    page.get_by_role("button", name="Continue with your passkey").click()
    page.wait_for_url("**code=*")
    assert [user["username"] for user in tree.run("user", "list")] == ["ann"]


def test_an_invitation_fills_in_its_ticket_and_hides_it(tree: Tree, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    link = tree.run("user", "invite", "ben", "--email", "ben@example.org")["link"]
    page.goto(link)
    ticket = link.partition("#")[2]
    expect(page.get_by_label("Ticket")).to_have_value(ticket)
    assert page.url == f"{tree.issuer}/enroll/ticket"
    assert not any(ticket in url.partition("#")[0] for url in asked)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Password").click()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Your account is ready")).to_be_visible()
    page.get_by_role("link", name="Log in").click()
    expect(page.get_by_label("Username")).to_be_visible()
