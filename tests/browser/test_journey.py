"""A person with a real browser in front of a real gateway: passkey and voice, enrolled and used."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pyotp
import pytest
import soundfile
from playwright.sync_api import Page, expect

from tests.browser.conftest import Authenticator, Microphone, log_out
from tests.fakes import codes
from tests.recordings import pasted
from tests.walks.tree import OFTEN, TRIES, Tree, serving

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"
RATE = 48_000
Say = Callable[[str, str, int], Path]
SPEAKER, OTHER = "george", "theo"
SAID = "3158024697"
"""What a speaker says to enrol, beginning with another digit each time."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with serving(tmp_path_factory.mktemp("gateway"), **OFTEN) as tree:
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


def test_a_passkey_is_registered_and_logs_in(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")
    log_in(page, tree, username)
    page.get_by_role("button", name="Passkey").click()
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()
    device.holds(1)
    log_out(page)
    page.goto(f"{tree.issuer}/account")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Continue with your passkey").click()
    page.wait_for_url(f"{tree.issuer}/account*")
    expect(page.get_by_text(username)).to_be_visible()


def test_without_user_verification_a_passkey_is_refused(
    tree: Tree, username: str, page: Page, authenticator: Authenticator
) -> None:
    device = authenticator(page)
    log_in(page, tree, username)
    device.verify_user(False)
    page.get_by_role("button", name="Passkey").click()
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert device.credentials() == []


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Put digits in front of the microphone, as a speaker says them one after the other."""
    path = tmp_path / "microphone.wav"

    def put(speaker: str, digits: str, take: int) -> Path:
        soundfile.write(path, pasted(speaker, digits, take, RATE), RATE)
        return path

    return put


def record(page: Page) -> None:
    """Let the page record what is in front of the microphone, and send it."""
    start = page.get_by_role("button", name="Start recording")
    start.wait_for()
    step = page.locator("input[name=ceremony]").get_attribute("value")
    start.click()
    page.wait_for_function(
        "step => document.querySelector('input[name=ceremony]')?.value !== step", arg=step
    )


@pytest.mark.recordings
def test_a_voice_is_enrolled_and_logs_in_and_another_is_refused(
    tree: Tree, microphone: Microphone, say: Say, tmp_path: Path
) -> None:
    page, seed = microphone(say(SPEAKER, SAID, 0)), pyotp.random_base32(32)
    people = tmp_path / "people"
    people.write_text(json.dumps({"username": "vera", "password": PASSWORD, "totp_secret": seed}))
    tree.run("user", "import", str(people))
    tree.run(
        "client", "add", "bank", "--public", "--no-consent", "--redirect-uri", f"{tree.issuer}/"
    )
    enrol_voice(page, tree, say, seed)
    ask_for_voice(page, tree)
    say(OTHER, asked(page), 0)
    record(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert "code=" not in page.url
    log_in_by_voice(page, say)


def log_in_by_voice(page: Page, say: Say) -> None:
    """Say the digits, again where they were misheard."""
    for take in range(4, 4 + TRIES):
        page.get_by_role("button", name="Voice").click()
        say(SPEAKER, asked(page), take)
        record(page)
        page.wait_for_load_state()
        if "code=" in page.url:
            return
    pytest.fail("true answers were refused")


def asked(page: Page) -> str:
    """Return the digits that the page will show, which are fresh for some seconds."""
    page.locator('[data-ask="voice"]').wait_for(state="attached")
    options = page.locator('[data-ask="voice"]').get_attribute("data-options")
    digits: str = json.loads(options or "")["digits"]
    return digits


def enrol_voice(page: Page, tree: Tree, say: Say, seed: str) -> None:
    """Log in as highly as the account can and read three phrases aloud."""
    page.goto(f"{tree.issuer}/account")
    page.get_by_label("Username").fill("vera")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Voice").click()
    page.get_by_role("button", name="Authenticator app").click()
    page.get_by_label("code").fill(codes.app(seed).code())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Voice").click()
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Continue").click()
    start = page.get_by_role("button", name="Start recording")
    done = page.get_by_role("status").filter(has_text="Done")
    for number in range(6):
        say(SPEAKER, SAID[number:] + SAID[:number], 5 * number)
        record(page)
        start.or_(done).wait_for()
        if done.is_visible():
            return
    pytest.fail("the enrolment does not end")


def ask_for_voice(page: Page, tree: Tree) -> None:
    """Be sent by a chatbot that wants a fresh voice on top; the session has all the rest."""
    query = {
        "client_id": "bank",
        "response_type": "code",
        "redirect_uri": f"{tree.issuer}/",
        "scope": "openid",
        "acr_values": "mfa+voice",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    page.goto(f"{tree.issuer}/oauth/authorize?{urlencode(query)}")
    page.get_by_role("button", name="Voice").click()
