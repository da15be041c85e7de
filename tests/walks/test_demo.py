"""What a newcomer sees who types `make demo`: the chatbot, the gateway, the outbox, a transfer."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import ports
from tests.fakes import codes
from tests.gateway.operations.running import environment, gatehouse, wait_for
from tests.waiting import PATIENCE, until
from tests.walks.forms import Form, read
from tests.walks.tree import DEVELOPMENT

pytest.importorskip("aiosmtpd", reason="the demo extra is not installed")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The whole demo on free ports; what its `demo.json` says."""
    data, port = tmp_path_factory.mktemp("demo"), ports.free(3)
    own = environment(data, **DEVELOPMENT)
    with (data / "log").open("w") as log:
        process = gatehouse("demo", "--port", str(port), env=own, stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield ready(data / "demo.json")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def ready(file: Path) -> dict[str, Any]:
    until(file.exists)
    found: dict[str, Any] = json.loads(file.read_text())
    return found


class Newcomer:
    """Reads pages and fills in their forms, over real HTTP, without JavaScript."""

    def __init__(self, demo: dict[str, Any], username: str, http: httpx.Client) -> None:
        self.demo = demo
        self.user = next(user for user in demo["users"] if user["username"] == username)
        self.http = http
        self.page = self.http.get(demo["chatbot"])

    @property
    def words(self) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.page.text).split())

    def fill(self, action: str, button: str = "", /, **values: str) -> None:
        forms = [f for f in read(self.page.text) if action in f.action and button in f.text]
        assert forms, f"no form {action} {button} on {self.page.url}: {self.words}"
        form: Form = forms[0]
        address = self.page.url.join(form.action)
        self.page = self.http.post(address, data={**form.fields, **values})

    def say(self, message: str) -> None:
        self.fill("/send", text=message)

    def password(self) -> None:
        self.fill("/login/", username=self.user["username"], password=self.user["password"])

    def authenticator(self) -> None:
        self.fill("/factor", "Authenticator app")
        self.fill("/answer", code=codes.app(self.user["totp_secret"]).code())

    def allow(self) -> None:
        self.fill("/oauth/authorize/", decision="allow")

    def claim(self, name: str) -> str:
        found = re.search(rf"<dt>{name}</dt><dd>([^<]*)</dd>", self.page.text)
        assert found, self.words
        return found.group(1)

    def mailed(self) -> str:
        """Wait for the code in the outbox."""
        accept = {"Accept": "application/json"}
        sent = until(lambda: self.http.get(self.demo["outbox"], headers=accept).json(), step=0.2)
        assert set(sent[0]) == {"to", "channel", "subject", "text", "sent_at"}
        return str(re.findall(r"\b\d{6}\b", sent[-1]["text"])[0])


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=PATIENCE) as http:
        yield http


def test_small_talk_needs_a_login_and_a_transfer_needs_more(
    demo: dict[str, Any], http: httpx.Client
) -> None:
    alice = Newcomer(demo, "alice", http)
    alice.say("hello")
    assert str(alice.page.url).startswith(demo["issuer"])
    alice.password()
    alice.allow()
    assert str(alice.page.url).startswith(demo["chatbot"])
    assert alice.claim("acr") == "aal1"
    first = alice.claim("auth_time")
    time.sleep(1)
    alice.say("transfer money to Bob")
    assert str(alice.page.url).startswith(demo["issuer"])
    alice.authenticator()
    assert alice.claim("acr") == "mfa"
    assert {"mfa", "otp", "pwd"} <= set(re.findall(r"[a-z]+", alice.claim("amr")))
    assert alice.claim("auth_time") == first
    assert "transfer" in alice.words.lower()


def test_a_signature_is_confirmed_for_its_very_words(
    demo: dict[str, Any], http: httpx.Client
) -> None:
    alice = Newcomer(demo, "alice", http)
    alice.say("hello")
    alice.password()
    if "One more step" in alice.words:  # she was here before with another browser
        alice.authenticator()
    if "Allow" in alice.words:
        alice.allow()
    time.sleep(1)
    alice.say("sign the lease of 4 Elm Street")
    alice.password()
    alice.authenticator()
    assert "sign the lease of 4 Elm Street" in alice.words
    assert "Is this your message?" in alice.words
    alice.allow()
    assert str(alice.page.url).startswith(demo["chatbot"])
    assert "Signed" in alice.words
    assert alice.claim("acr") in {"aal1", "aal2"}


def test_a_code_by_mail_reaches_the_outbox(demo: dict[str, Any], http: httpx.Client) -> None:
    bob = Newcomer(demo, "bob", http)
    bob.say("transfer money to Alice")
    bob.password()
    bob.allow()
    bob.fill("/factor", "Code by e-mail")
    bob.fill("/answer", code=bob.mailed())
    assert bob.claim("acr") == "mfa"


def test_leaving_the_gateway_is_heard_by_the_chatbot_and_the_other_way_round(
    demo: dict[str, Any], http: httpx.Client
) -> None:
    carol = Newcomer(demo, "carol", http)
    carol.say("hello")
    carol.password()
    carol.allow()
    assert carol.claim("acr") == "aal1"
    carol.page = http.get(f"{demo['issuer']}/account")
    carol.fill("/logout", "Log out here")

    def noticed() -> bool:
        carol.page = http.get(demo["chatbot"])
        return "Nobody is logged in" in carol.words

    until(noticed, step=0.2)
    carol.say("hello again")
    carol.password()
    carol.fill("/logout")
    assert str(carol.page.url).rstrip("/") == demo["chatbot"]
    assert "/login/" in str(http.get(f"{demo['issuer']}/account").url)


def test_demo_json_says_all_a_script_needs(demo: dict[str, Any]) -> None:
    assert set(demo) == {"issuer", "chatbot", "outbox", "clients", "users", "setup"}
    for client in demo["clients"]:
        assert set(client) == {"client_id", "client_secret", "redirect_uris"}
    discovery = httpx.get(
        demo["issuer"] + "/.well-known/openid-configuration", timeout=PATIENCE
    ).json()
    assert discovery["issuer"] == demo["issuer"]
    secret = next(c for c in demo["clients"] if c["client_secret"])
    answer = httpx.post(
        discovery["token_endpoint"],
        data={"grant_type": "client_credentials"},
        auth=(secret["client_id"], secret["client_secret"]),
        timeout=PATIENCE,
    )
    assert answer.json()["token_type"] == "Bearer"
