"""Browsers that are remembered: what they spare a person, and everything that they do not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from joserfc.util import urlsafe_b64decode

from contracts.factor import Answer, Template
from tests.fakes.browser import RememberedBrowser
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.login.test_login import Deaf
from tests.gateway.login.test_one_message import Voice
from tests.walks.person import Chatbot, Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WRONG = "The name or the password is not right."


@dataclass
class Scripted:
    """A person whose browser runs scripts: it has a key, and signs what it is asked for."""

    house: House
    bot: Chatbot
    key: RememberedBrowser = field(init=False)
    person: Person = field(init=False)

    def __post_init__(self) -> None:
        self.key = RememberedBrowser(self.house.settings.issuer)
        self.person = self.house.person()

    def leave(self) -> None:
        """Close the browser: it stays known and keeps its key, its session goes."""
        known = self.person.client.get_cookie("gatehouse_browser")
        self.person = self.house.person()
        if known:
            self.person.client.set_cookie("gatehouse_browser", known.value)

    def asked(self) -> tuple[str, str]:
        """Fetch the ask for a signature, as the scripts of a page do; the page stays."""
        login = self.person.page.request.path.removesuffix("/factor").removesuffix("/answer")
        csrf = self.person.form(action="/login/").fields["csrf"]
        page = self.person.client.post(f"{login}/signature", data={"csrf": csrf})
        assert page.status_code == 200, page.text
        ceremony = re.search(r'name="ceremony" value="([^"]+)"', page.text)
        options = re.search(r"data-options='([^']+)'", page.text)
        assert ceremony
        assert options
        return ceremony[1], json.loads(unescape(options[1]))["challenge"]

    def proof(self) -> dict[str, str]:
        """Sign beside the password."""
        ceremony, challenge = self.asked()
        return {"signing": ceremony, "signed": self.key.prove(challenge)}

    def wish(self) -> dict[str, str]:
        """Make the key, and sign beside the last proof."""
        ceremony, challenge = self.asked()
        return {"signing": ceremony, "signed": self.key.create(challenge)}

    def give(self, password: str = PASSWORD, **more: str) -> Any:
        """Send the first page."""
        first = self.person.form(action="/login/")
        return self.person.fill(first, username="alice", password=password, **more)

    def code(self, **more: str) -> Any:
        """Give the code of the authenticator app."""
        self.house.clock.advance(timedelta(minutes=1))
        self.person.choose("Authenticator app")
        more = more or (self.wish() if "data-signature" in self.person.page.text else {})
        return self.person.answer(code=self.house.totp(), **more)

    def remembered(self) -> Scripted:
        """Log in with two factors and have the browser remembered; then leave."""
        self.person.authorize(self.bot)
        self.give()
        self.code()
        assert self.arrived()
        self.leave()
        return self

    def log_in(self, **wanted: str) -> None:
        """Be sent by a chatbot, and give the password with the browser's proof beside it."""
        self.person.authorize(self.bot, **wanted)
        self.give(**self.proof())

    def arrived(self) -> bool:
        """Whether the chatbot got a code."""
        return "code" in self.person.arrived

    def claims(self) -> dict[str, Any]:
        """Redeem the code; return what the ID token says."""
        code = self.person.arrived["code"]
        told = self.person.client.post("/oauth/token", data=self.bot.redemption(code))
        payload: dict[str, Any] = json.loads(
            urlsafe_b64decode(told.get_json()["id_token"].split(".")[1].encode())
        )
        return payload


@pytest.fixture
def alice(house: House) -> str:
    return house.enrolled("alice", password=PASSWORD, totp=SEED)


@pytest.fixture
def browser(house: House, alice: str) -> Scripted:
    """The browser of alice, who is asked for two factors."""
    return Scripted(house, house.chatbot("bot"))


def devices(house: House, account: str) -> list[str]:
    with house.store.read() as tx:
        return [held.label for held in tx.credentials.list(account) if held.factor == "device"]


def test_a_remembered_browser_spares_the_second_factor(browser: Scripted) -> None:
    browser.remembered().log_in()
    told = browser.claims()
    assert told["acr"] == "mfa"
    assert told["amr"] == ["mfa", "pop", "pwd", "swk"]


def test_it_is_told_listed_and_can_be_revoked(browser: Scripted, alice: str) -> None:
    browser.person.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux) Firefox/150.0"
    browser.remembered()
    assert devices(browser.house, alice) == ["Firefox on Linux"]
    (told,) = browser.house.sent()
    assert told["subject"] == "A browser is remembered for your account"
    assert "Firefox on Linux" in told["text"]
    with browser.house.store.write() as tx:
        (held,) = [each for each in tx.credentials.list(alice) if each.factor == "device"]
        assert held.expires_at == held.created_at + timedelta(days=30)
        tx.credentials.remove(held.id, alice)
    browser.log_in()
    assert not browser.arrived()
    assert "Authenticator app" in browser.person.words


ASKED_ANEW = {
    "aal2": {"acr_values": "aal2"},
    "a biometric on top": {"acr_values": "mfa+voice"},
    "proofs that are new": {"prompt": "login"},
    "proofs that are not too old": {"max_age": "3600"},
}


@pytest.mark.parametrize("wanted", ASKED_ANEW.values(), ids=ASKED_ANEW)
def test_more_than_a_login_asks_anew(build: Build, wanted: dict[str, str]) -> None:
    house = build(factors={"voice": Deaf()})
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.credentials.add(account, "voice", Template(b"voice", "deaf/1"))
    browser = Scripted(house, house.chatbot("bot")).remembered()
    browser.log_in(**wanted)
    assert not browser.arrived()
    assert "Authenticator app" in browser.person.words


@pytest.mark.parametrize("wanted", [{"prompt": "login"}, {"max_age": "3600"}], ids=str)
def test_a_session_that_it_helped_to_is_not_new(browser: Scripted, wanted: dict[str, str]) -> None:
    browser.remembered().log_in()
    assert browser.arrived()
    browser.person.authorize(browser.bot)
    assert browser.arrived()
    browser.house.clock.advance(timedelta(minutes=1))
    browser.person.authorize(browser.bot, **wanted)
    assert not browser.arrived()
    if "max_age" not in wanted:
        browser.give(**browser.proof())
    assert "Authenticator app" in browser.person.words


def test_a_step_up_is_answered_by_the_person(browser: Scripted) -> None:
    """The session is there, made by a password; more is wanted: no key can add itself to it."""
    browser.remembered()
    browser.person.authorize(browser.house.chatbot("small", acr="aal1"))
    browser.give()
    assert browser.arrived()
    browser.person.authorize(browser.bot)
    assert "Authenticator app" in browser.person.words
    ceremony, challenge = browser.asked()
    signed = {"signing": ceremony, "signed": browser.key.prove(challenge)}
    named = {"username": "alice", "password": PASSWORD}
    csrf = browser.person.form(action="/factor").fields["csrf"]
    browser.person.client.post(browser.person.path, data={"csrf": csrf, **named, **signed})
    browser.person.go(browser.person.path)
    assert not browser.arrived()
    assert "Authenticator app" in browser.person.words


def test_changing_an_account_asks_anew(browser: Scripted) -> None:
    browser.remembered().log_in()
    browser.person.go("/account")
    assert browser.person.path == "/account"
    browser.person.fill(browser.person.form(action="/enroll/webauthn"))
    assert browser.person.path.startswith("/login/")
    assert "Authenticator app" in browser.person.words


def test_it_does_not_let_a_factor_be_added_on_the_way(house: House) -> None:
    """The only second factor is an e-mail code: it comes first, whatever the browser remembers."""
    account = house.enrolled("alice", password=PASSWORD, otp="alice@example.org")
    browser = Scripted(house, house.chatbot("bank", acr="aal2"))
    with house.store.write() as tx:
        made = house.factors["device"]
        challenge = made.begin_enroll(None, ())  # type: ignore[arg-type]
        answer = Answer({"device": browser.key.create(challenge.asks[0].options["challenge"])})
        template = made.continue_enroll(None, challenge.secret, answer)  # type: ignore[arg-type]
        assert isinstance(template, Template)
        tx.credentials.add(account, "device", template)
    browser.log_in()
    assert "a•••@example.org" in browser.person.words
    assert "Set up another way" not in browser.person.words


def test_it_ends_after_thirty_days_however_often_it_is_used(browser: Scripted) -> None:
    browser.remembered()
    for _ in range(2):
        browser.house.clock.advance(timedelta(days=14))
        browser.log_in()
        assert browser.arrived()
        browser.leave()
    browser.house.clock.advance(timedelta(days=2))
    browser.log_in()
    assert not browser.arrived()


def test_it_ends_when_a_factor_changes(browser: Scripted, alice: str) -> None:
    browser.remembered()
    other = Scripted(browser.house, browser.bot).remembered()
    assert len(devices(browser.house, alice)) == 2
    other.person.go("/account")
    other.person.fill(other.person.form(action="/login/"), username="alice", password=PASSWORD)
    remove = other.person.form(action="/account/remove")
    other.person.fill(remove)
    other.code()
    with browser.house.store.read() as tx:
        (totp,) = [each.id for each in tx.credentials.list(alice) if each.factor == "totp"]
    other.person.fill(other.person.form(action="/account/remove"), credential=totp)
    assert devices(browser.house, alice) == []


@pytest.mark.parametrize("by_device", [False, True], ids=["old proofs", "itself"])
def test_nobody_is_remembered_by_less_than_two_new_factors(build: Build, by_device: bool) -> None:
    """Neither a session's older proofs nor a remembered browser make a browser remembered."""
    house = build(factors={"voice": Voice()})
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    browser = Scripted(house, house.chatbot("bot"))
    with house.store.write() as tx:
        tx.credentials.add(account, "voice", Template(b"voice", "deaf/1"))
    if by_device:
        browser.remembered().log_in()
    else:
        browser.person.authorize(browser.bot)
        browser.give()
        browser.code(more="")
    house.clock.advance(timedelta(minutes=1))
    browser.person.authorize(browser.bot, acr_values="mfa+voice")
    browser.person.choose("Voice")
    assert "data-signature" not in browser.person.page.text
    browser.person.answer(word="hello", **browser.wish())
    assert len(devices(house, account)) == by_device


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_taken_away_meanwhile_remembers_nobody(build: Build, gone: bool) -> None:
    """Whoever holds a stolen phone has a login under way when its owner removes the app."""
    house = build(factors={"voice": Voice()})
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    browser = Scripted(house, house.chatbot("bot"))
    with house.store.write() as tx:
        tx.credentials.add(account, "voice", Template(b"voice", "deaf/1"))
    browser.person.authorize(browser.bot, acr_values="mfa+voice")
    browser.give()
    browser.code(more="")
    if gone:
        with house.store.write() as tx:
            tx.credentials.remove_factor(account, "totp")
    browser.person.choose("Voice")
    browser.person.answer(word="hello", **browser.wish())
    assert bool(devices(house, account)) is not gone


def test_a_wrong_code_remembers_nobody(browser: Scripted, alice: str) -> None:
    browser.person.authorize(browser.bot)
    browser.give()
    browser.person.choose("Authenticator app")
    browser.person.answer(code="000000", **browser.wish())
    assert devices(browser.house, alice) == []
    browser.house.clock.advance(timedelta(minutes=1))
    browser.person.answer(code=browser.house.totp(), **browser.wish())
    assert browser.arrived()
    assert len(devices(browser.house, alice)) == 1


def test_a_key_alone_reveals_nothing_and_opens_nothing(browser: Scripted) -> None:
    """Sent as an answer by itself, before the password, it is refused."""
    browser.remembered()
    browser.person.authorize(browser.bot)
    login = browser.person.path
    proof = browser.proof()
    answer = {"ceremony": proof["signing"], "device": proof["signed"]}
    csrf = browser.person.form(action="/login/").fields["csrf"]
    refused = browser.person.client.post(f"{login}/answer", data={"csrf": csrf, **answer})
    assert refused.status_code == 403
    browser.person.go(login)
    assert "alice" not in browser.person.page.text


def test_a_wrong_password_is_wrong_beside_it_too(browser: Scripted) -> None:
    browser.remembered()
    browser.person.authorize(browser.bot)
    assert browser.give("not my password", **browser.proof()).status_code == 401
    assert WRONG in browser.person.words


def replayed(browser: Scripted, alice: str) -> dict[str, str]:
    proof = browser.proof()
    browser.give("not my password", **proof)
    return proof


def of_another_login(browser: Scripted, alice: str) -> dict[str, str]:
    proof = browser.proof()
    browser.person.authorize(browser.bot)
    return proof


def too_late(browser: Scripted, alice: str) -> dict[str, str]:
    proof = browser.proof()
    browser.house.clock.advance(timedelta(minutes=5))
    return proof


def of_another_origin(browser: Scripted, alice: str) -> dict[str, str]:
    browser.key.origin = "https://evil.example"
    return browser.proof()


def of_another_browser(browser: Scripted, alice: str) -> dict[str, str]:
    other = Scripted(browser.house, browser.bot)
    other.key = browser.key
    other.person.authorize(browser.bot)
    return other.proof()


def of_another_account(browser: Scripted, alice: str) -> dict[str, str]:
    """Bob's browser is remembered; it says so beside the password of alice."""
    with browser.house.store.write() as tx:
        bob = tx.accounts.add("bob", None)
        (mine,) = [e for e in tx.credentials.enrolled(alice, "device")]
        tx.credentials.remove(mine.credential_id, alice)
        tx.credentials.add(
            bob.id, "device", Template(mine.template, mine.format, unique=browser.key.id)
        )
    return browser.proof()


def of_a_passkey(browser: Scripted, alice: str) -> dict[str, str]:
    """The handle of a ceremony of another kind."""
    form = browser.person.form(action="/factor")
    page = browser.person.client.post(form.action, data=form.fields)
    handle = re.search(r'name="ceremony" value="([^"]+)"', page.text)
    assert handle
    return browser.proof() | {"signing": handle[1]}


def malformed(browser: Scripted, alice: str) -> dict[str, str]:
    return browser.proof() | {"signed": "\0" * 9000}


@pytest.mark.parametrize(
    "forge",
    [
        replayed,
        of_another_login,
        of_another_browser,
        of_another_origin,
        of_another_account,
        of_a_passkey,
        too_late,
        malformed,
    ],
)
def test_what_does_not_prove_it_leads_to_the_second_factor(
    browser: Scripted, alice: str, forge: Callable[[Scripted, str], dict[str, str]]
) -> None:
    browser.remembered()
    browser.person.authorize(browser.bot)
    browser.give(**forge(browser, alice))
    assert not browser.arrived()
    assert "Authenticator app" in browser.person.words


def test_who_is_hammered_gets_in_with_a_remembered_browser(build: Build) -> None:
    house = build(failures_per_hour=2)
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    browser = Scripted(house, house.chatbot("bot")).remembered()
    stranger = house.person()
    stranger.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    stranger.authorize(browser.bot)
    for _ in range(4):
        stranger.log_in("alice", "a guess of a stranger")
    browser.person.authorize(browser.bot)
    browser.give()
    assert browser.person.page.status_code == 429
    browser.leave()
    browser.log_in()
    assert browser.arrived()


def test_strangers_do_not_switch_the_password_of_a_remembered_browser_off(build: Build) -> None:
    house = build(limits="off", failures_disable=12, failures_per_login=100)
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    browser = Scripted(house, house.chatbot("bot")).remembered()
    stranger = house.person()
    stranger.authorize(browser.bot)
    for _ in range(20):
        stranger.log_in("alice", "a guess of a stranger")
    with house.store.read() as tx:
        assert [c.failures for c in tx.credentials.list(account) if c.factor == "password"] == [2]
    stranger.log_in("alice", PASSWORD)
    assert WRONG in stranger.words
    browser.log_in()
    assert browser.arrived()
    stranger.log_in("alice", PASSWORD)
    assert "Authenticator app" in stranger.words


def test_it_is_added_nowhere_else(browser: Scripted, alice: str) -> None:
    browser.person.go("/account")
    browser.give()
    assert "Remembered browser" not in browser.person.words
    csrf = browser.person.form(action="/enroll/").fields["csrf"]
    browser.person.client.post("/enroll/device", data={"csrf": csrf})
    assert devices(browser.house, alice) == []


def test_it_can_be_switched_off(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_DEVICE_ENABLED", "0")
    house = build()
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    browser = Scripted(house, house.chatbot("bot"))
    browser.person.authorize(browser.bot)
    assert "signature" not in browser.person.page.text
    browser.give(signing="some", signed="thing")
    browser.person.choose("Authenticator app")
    assert "Remember this browser" not in browser.person.words
