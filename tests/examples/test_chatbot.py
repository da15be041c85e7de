"""The chatbot, unmodified, against a real provider over HTTP."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from chatbot import create_app
from flask import Flask
from flask.testing import FlaskClient
from message import step_up
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from contracts.assurance import Assurance
from gateway import oidc
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.logout.token import LogoutTokens
from store import Store
from store.client_metadata import ClientMetadata
from store.clients import Client, secret_digest
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import Visitor, claims_of
from tests.serving import answering
from tests.waiting import PATIENCE
from tests.walks.forms import read
from web import pages

CHATBOT = "http://localhost:8081"
README = Path(__file__).parents[2] / "README.md"
SNIPPET = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def clock() -> FakeClock:
    """The chatbot knows only the machine's clock."""
    return FakeClock(datetime.now(UTC))


@dataclass
class Gateway:
    issuer: str
    visitor: Visitor
    store: Store


@pytest.fixture
def gateway(store: Store, clock: FakeClock) -> Iterator[Gateway]:
    app, visitor = Flask("provider"), Visitor()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    issuer = f"http://127.0.0.1:{server.server_port}"
    pages.install(app, service_name="Gatehouse", csrf=lambda: "token")
    settings = oidc.ProviderSettings(
        issuer=issuer,
        code_lifetime=timedelta(seconds=60),
        id_token_lifetime=timedelta(seconds=300),
        refresh_idle=timedelta(hours=1),
        refresh_absolute=timedelta(hours=24),
        interaction_lifetime=timedelta(minutes=10),
    )
    parts = oidc.provider(store=store, clock=clock, settings=settings, authentication=visitor)
    app.register_blueprint(oidc.blueprint(parts))
    _register(store, clock, visitor)
    with answering(server):
        yield Gateway(issuer, visitor, store)


def _register(store: Store, clock: FakeClock, visitor: Visitor) -> None:
    oidc.ensure(store, clock)
    chatbot = Client(
        id="chatbot",
        name="Demo chatbot",
        secret_hash=secret_digest("secret"),
        redirect_uris=(f"{CHATBOT}/callback",),
        audience="chatbot",
        scope="openid profile offline_access",
        require_acr="aal1",
        consent=False,
        token_alg="ES256",
        access_token_seconds=300,
        created_at=clock.now(),
        metadata=ClientMetadata(
            authorization_details_types=("message",),
            post_logout_redirect_uris=(f"{CHATBOT}/",),
            backchannel_logout_uri=f"{CHATBOT}/backchannel-logout",
        ),
    )
    with store.write() as tx:
        account = tx.accounts.add("ada")
        tx.clients.add(chatbot)
        tx.clients.add(replace(chatbot, id="support"))
    visitor.assurance = Assurance(account.id, "aal1", ("pwd",), clock.now(), "s" * 32)


@pytest.fixture
def person(gateway: Gateway) -> FlaskClient:
    environ = {
        "CHATBOT_ISSUER": gateway.issuer,
        "CHATBOT_URL": CHATBOT,
        "CHATBOT_CLIENT_ID": "chatbot",
        "CHATBOT_CLIENT_SECRET": "secret",
    }
    return create_app(environ).test_client()


def there(answer: TestResponse) -> str:
    """Go to the gateway as a browser does and return the address it sends the browser to next."""
    location = answer.location
    assert answer.status_code == 303
    while not location.startswith((CHATBOT, "/login")):
        sent = requests.get(location, allow_redirects=False, timeout=PATIENCE)
        assert sent.status_code == 303, sent.text
        location = sent.headers["Location"]
        if location.startswith("/oauth/"):
            location = requests.compat.urljoin(answer.location, location)
    return location


def back(person: FlaskClient, location: str) -> str:
    answer = person.get(location.removeprefix(CHATBOT), follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_small_talk_logs_in_and_is_answered(person: FlaskClient) -> None:
    page = back(person, there(person.post("/send", data={"text": "hello"})))
    assert "Ask me anything" in page
    assert "<dd>aal1</dd>" in page
    assert "chatbot_session" in {cookie.key for cookie in person._cookies.values()}
    again = person.post("/send", data={"text": "how are you"}, follow_redirects=True)
    assert "I only know small talk" in again.text


def test_a_transfer_goes_back_for_more_and_is_then_repeated(
    person: FlaskClient, gateway: Gateway, clock: FakeClock
) -> None:
    back(person, there(person.post("/send", data={"text": "hello"})))
    asked = person.post("/send", data={"text": "transfer money to Bob"})
    assert "acr_values=mfa" in asked.location
    assert "max_age=300" in asked.location
    assert there(asked) == "/login/begun"
    requirement, return_to, _ = gateway.visitor.begun[0]
    assert requirement.acr_values == ("mfa",)
    assert gateway.visitor.assurance
    gateway.visitor.assurance = replace(
        gateway.visitor.assurance, acr="mfa", amr=("pwd", "otp", "mfa"), auth_time=clock.now()
    )
    done = requests.get(gateway.issuer + return_to, allow_redirects=False, timeout=PATIENCE)
    page = back(person, done.headers["Location"])
    assert "Done: “transfer money to Bob”" in page
    assert "<dd>pwd, otp, mfa</dd>" in page


def test_a_login_that_stays_weak_does_not_go_round(person: FlaskClient, gateway: Gateway) -> None:
    back(person, there(person.post("/send", data={"text": "hello"})))
    there(person.post("/send", data={"text": "transfer money to Bob"}))
    weak = gateway.issuer + gateway.visitor.begun[0][1]
    done = requests.get(weak, allow_redirects=False, timeout=PATIENCE)
    page = back(person, done.headers["Location"])
    assert "not strong enough" in page
    assert "Done" not in page


def test_a_signature_is_confirmed_word_by_word_and_once(
    person: FlaskClient, gateway: Gateway, clock: FakeClock
) -> None:
    back(person, there(person.post("/send", data={"text": "hello"})))
    asked = person.post("/send", data={"text": "Sign the lease"})
    assert "lease" not in asked.location
    assert there(asked) == "/login/begun"
    requirement, return_to, _ = gateway.visitor.begun[0]
    assert (requirement.required_acr, requirement.not_before) == ("mfa", clock.now())
    assert gateway.visitor.assurance
    gateway.visitor.assurance = replace(gateway.visitor.assurance, acr="mfa")
    page = requests.get(gateway.issuer + return_to, timeout=PATIENCE)
    assert "Sign the lease" in page.text
    [form] = [form for form in read(page.text) if "/oauth/" in form.action]
    done = requests.post(
        gateway.issuer + form.action,
        data={"decision": "allow"},
        allow_redirects=False,
        timeout=PATIENCE,
    )
    said = back(person, done.headers["Location"])
    assert "Signed: “Sign the lease”" in said
    assert "<dd>aal1</dd>" in said
    again = person.post("/send", data={"text": "Sign the lease"})
    assert "request_uri" in again.location


def test_an_answer_from_another_issuer_is_not_read(person: FlaskClient) -> None:
    location = there(person.post("/send", data={"text": "hello"}))
    page = back(person, location.partition("&iss=")[0] + "&iss=https://evil.example")
    assert "expected issuer" in page
    assert "<dd>" not in page


def test_leaving_ends_the_session_at_the_gateway_too(person: FlaskClient, gateway: Gateway) -> None:
    back(person, there(person.post("/send", data={"text": "hello"})))
    left = person.post("/logout")
    assert left.location.startswith(f"{gateway.issuer}/oauth/logout?id_token_hint=")
    assert "Nobody is logged in" in back(person, there(left))
    assert gateway.visitor.assurance is None


def test_leaving_before_coming(person: FlaskClient) -> None:
    assert "Nobody is logged in" in person.post("/logout", follow_redirects=True).text


def told(gateway: Gateway, clock: FakeClock, **changes: Any) -> str:
    """Return the logout token that the gateway would send, or one that differs from it."""
    with gateway.store.read() as tx:
        client, account = tx.clients.get("chatbot"), tx.accounts.find("ada")
    assert client
    assert account
    keys, subjects = KeyRing(gateway.store, clock), Subjects(gateway.store.vault)
    token = LogoutTokens(gateway.issuer, keys, clock, subjects).sign(client, account.id, "s" * 32)
    if not changes:
        return token
    typ = changes.pop("typ", "logout+jwt")
    claims = {**claims_of(token), **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return keys.signer("ES256").sign(typ, kept)


def test_a_login_that_ends_elsewhere_ends_here(
    person: FlaskClient, gateway: Gateway, clock: FakeClock
) -> None:
    back(person, there(person.post("/send", data={"text": "hello"})))
    stranger = person.application.test_client()
    token = told(gateway, clock)
    heard = stranger.post("/backchannel-logout", data={"logout_token": token})
    assert heard.status_code == 200
    assert heard.headers["Cache-Control"] == "no-store"
    assert "Nobody is logged in" in person.get("/").text
    again = stranger.post("/backchannel-logout", data={"logout_token": token})
    assert again.status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "support"},
        {"nonce": "n"},
        {"events": {}},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"sid": None, "sub": None},
        {"jti": None},
        {"exp": 1},
        {"iat": None},
        {"typ": "JWT"},
        {"typ": "at+jwt"},
    ],
)
def test_what_is_no_logout_token_for_it_logs_nobody_out(
    person: FlaskClient, gateway: Gateway, clock: FakeClock, changes: dict[str, Any]
) -> None:
    back(person, there(person.post("/send", data={"text": "hello"})))
    sent = {"logout_token": told(gateway, clock, **dict(changes))}
    assert person.post("/backchannel-logout", data=sent).status_code == 400
    assert "Nobody is logged in" not in person.get("/").text


@pytest.mark.parametrize("token", ["", "a.b.c", "e30.e30."])
def test_what_is_no_token_at_all(person: FlaskClient, token: str) -> None:
    answer = person.post("/backchannel-logout", data={"logout_token": token})
    assert answer.status_code == 400


def test_a_gateway_that_is_down_is_said_plainly() -> None:
    person = create_app({"CHATBOT_ISSUER": "http://127.0.0.1:9"}).test_client()
    page = person.post("/send", data={"text": "hello"}, follow_redirects=True).text
    assert "does not answer" in page


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("", None),
        ("Bearer", None),
        ('Bearer error="invalid_token"', None),
        ('Basic error="insufficient_user_authentication", acr_values="mfa"', None),
        ('bearer error="insufficient_user_authentication"', {}),
        (
            'Bearer realm="a, b", error="insufficient_user_authentication", '
            'error_description="say \\"please\\"", acr_values="mfa aal2", max_age=5',
            {"acr_values": "mfa aal2", "max_age": "5"},
        ),
    ],
)
def test_challenges_of_rfc_9470(header: str, asked: dict[str, str] | None) -> None:
    assert step_up(header) == asked


def test_the_chatbot_of_the_readme_logs_in_as_printed(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SESSION_KEY", "key")
    monkeypatch.setenv("CLIENT_SECRET", "secret")
    printed = SNIPPET.findall(README.read_text())[0]
    ours = printed.replace("https://login.example.org", gateway.issuer)
    script = tmp_path / "support.py"
    script.write_text(ours.replace("https://chat.example.org", CHATBOT))
    person = runpy.run_path(str(script))["app"].test_client()
    location = person.get("/login").location
    while not location.startswith(CHATBOT):
        sent = requests.get(location, allow_redirects=False, timeout=PATIENCE)
        location = requests.compat.urljoin(location, sent.headers["Location"])
    assert person.get(location.removeprefix(CHATBOT)).json["sub"]
