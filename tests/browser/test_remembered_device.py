"""A browser is remembered: a key that no script can read, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

import pyotp
import pytest
from playwright.sync_api import Page, expect

from contracts.clock import SystemClock
from gateway.opening import open_store
from gateway.settings import Settings
from tests.fakes import codes
from tests.gateway.conftest import PASSWORD
from tests.walks.tree import Tree, serving
from verifiers.totp.factor import Totp
from verifiers.totp.settings import TotpSettings

pytestmark = pytest.mark.browser

KEYS = """
async () => {
  const [{ name }] = await indexedDB.databases();
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => resolve(opening.result);
  });
  const reading = database.transaction("keys").objectStore("keys").getAll();
  const found = await new Promise((resolve) => {
    reading.onsuccess = () => resolve(reading.result);
  });
  database.close();
  const formats = ["raw", "pkcs8", "jwk"];
  const exported = await Promise.all(
    found.flatMap(({ key }) =>
      formats.map((format) => crypto.subtle.exportKey(format, key).catch((error) => error.name)),
    ),
  );
  const shown = found.map((each) => [each.key.extractable, each.key.algorithm.namedCurve]);
  return { shown, exported, told: JSON.stringify(found) };
}
"""
CLEAR = """
async () => {
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
}
"""
SECOND = "Choose how you want to show that it is you."
OFFER = re.compile("Remember this browser for 30 days")


@dataclass
class Alice:
    """Somebody with a password and an authenticator app, at one browser."""

    tree: Tree
    page: Page
    name: str
    seed: str

    def arrive(self, **wanted: str) -> None:
        """Be sent by a chatbot that wants two factors."""
        query = {
            "client_id": "bank",
            "response_type": "code",
            "redirect_uri": f"{self.tree.issuer}/signed-out",
            "scope": "openid",
            "code_challenge": "c" * 43,
            "code_challenge_method": "S256",
            **wanted,
        }
        self.page.goto(f"{self.tree.issuer}/oauth/authorize?{urlencode(query)}")

    def password(self) -> None:
        """Fill in the first page."""
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Log in", exact=True).click()

    def back(self) -> None:
        """Come back another day: the session is over, what the browser keeps is there."""
        self.page.context.clear_cookies()
        self.arrive()
        self.password()

    def is_in(self) -> None:
        """The chatbot has its code."""
        self.page.wait_for_url("**code=*")

    def remembered(self) -> None:
        """Show both factors and have the browser remembered."""
        self.arrive()
        self.password()
        self.page.get_by_role("button", name="Authenticator app").click()
        self.page.get_by_label(OFFER).check()
        self.page.get_by_label("Code shown").fill(codes.app(self.seed).code())
        self.page.get_by_role("button", name="Continue").click()
        self.is_in()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with serving(tmp_path_factory.mktemp("gateway")) as tree:
        to = f"{tree.issuer}/signed-out"
        tree.run("client", "add", "bank", "--public", "--no-consent", "--redirect-uri", to)
        yield tree


@pytest.fixture
def alice(tree: Tree, page: Page, request: pytest.FixtureRequest) -> Alice:
    name, seed = re.sub(r"\W+", "-", request.node.name), pyotp.random_base32(32)
    tree.run("user", "add", name, "--password-stdin", given=PASSWORD)
    add_app(tree, name, seed)
    return Alice(tree, page, name, seed)


def add_app(tree: Tree, name: str, seed: str) -> None:
    """Give an account an authenticator app with this seed, behind the gateway's back."""
    settings = Settings(env="test", data=tree.data, issuer=tree.issuer)
    store = open_store(settings, SystemClock())
    template = Totp(TotpSettings.load(), SystemClock(), "Gatehouse").adopt(seed)
    with closing(store), store.write() as tx:
        account = tx.accounts.find(name)
        assert account
        tx.credentials.add(account.id, "totp", template)


def test_the_next_login_needs_the_password_alone(alice: Alice) -> None:
    alice.remembered()
    kept = alice.page.evaluate(KEYS)
    assert kept["shown"] == [[False, "P-256"]]
    assert set(kept["exported"]) == {"InvalidAccessError"}
    assert alice.name not in kept["told"]
    alice.back()
    alice.is_in()


def test_a_browser_without_its_storage_is_asked_at_once(alice: Alice) -> None:
    alice.remembered()
    alice.page.evaluate(CLEAR)
    alice.back()
    expect(alice.page.get_by_text(SECOND)).to_be_visible()
    alice.page.get_by_role("button", name="Authenticator app").click()
    expect(alice.page.get_by_label(OFFER)).to_be_visible()


def test_a_step_up_and_a_new_login_are_asked_anew(alice: Alice) -> None:
    alice.remembered()
    alice.back()
    alice.is_in()
    alice.arrive(acr_values="aal2")
    expect(alice.page.get_by_text(SECOND)).to_be_visible()
    alice.page.get_by_role("button", name="Authenticator app").click()
    expect(alice.page.get_by_label("Code shown")).to_be_visible()
    expect(alice.page.get_by_label(OFFER)).to_be_hidden()
    alice.arrive(prompt="login")
    alice.page.get_by_label("Password", exact=True).fill(PASSWORD)
    alice.page.get_by_role("button", name="Log in", exact=True).click()
    expect(alice.page.get_by_text(SECOND)).to_be_visible()


def test_it_is_revoked_on_the_account_page_and_the_browser_forgets(alice: Alice) -> None:
    alice.remembered()
    alice.page.goto(f"{alice.tree.issuer}/account")
    row = alice.page.locator("li", has_text="Remembered browser")
    expect(row).to_contain_text("Linux")
    expect(row).to_contain_text("until")
    row.get_by_text("Remove", exact=True).click()
    row.get_by_role("button", name=re.compile("Yes, remove")).click()
    expect(row).to_have_count(0)
    alice.page.wait_for_function(f"async () => (await ({KEYS})()).shown.length === 0")
    alice.back()
    expect(alice.page.get_by_text(SECOND)).to_be_visible()


def test_a_browser_that_keeps_nothing_is_offered_nothing(alice: Alice) -> None:
    alice.page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    alice.arrive()
    alice.password()
    alice.page.get_by_role("button", name="Authenticator app").click()
    expect(alice.page.get_by_label("Code shown")).to_be_visible()
    expect(alice.page.get_by_label(OFFER)).to_be_hidden()


def test_a_gateway_that_is_silent_is_not_waited_for(alice: Alice) -> None:
    alice.remembered()
    alice.page.route("**/signature", lambda _: None)
    alice.back()
    expect(alice.page.get_by_text(SECOND)).to_be_visible()
    alice.page.unroute_all(behavior="ignoreErrors")
