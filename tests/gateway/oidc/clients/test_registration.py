"""Dynamic client registration and its management over HTTP (RFC 7591, RFC 7592)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import oidc
from gateway.oidc.clients.policy import ClientPolicy
from store import Store
from tests.fakes.clock import FakeClock
from tests.fakes.race import race
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, answered
from tests.walks.forms import read

CALLBACK = "https://new.example/callback"
LEAST = {"redirect_uris": [CALLBACK], "client_name": "New"}
HOUR = timedelta(hours=1)
CHOSEN = "of my own choice"


@pytest.fixture
def policy() -> ClientPolicy:
    return ClientPolicy()


@pytest.fixture
def settings(settings: oidc.ProviderSettings, policy: ClientPolicy) -> oidc.ProviderSettings:
    return replace(settings, clients=policy)


Issue = Callable[..., str]


@pytest.fixture
def issue(store: Store) -> Issue:
    def issued(uses: int = 1, lifetime: timedelta = HOUR) -> str:
        with store.write() as tx:
            return tx.initial_access_tokens.issue(uses, lifetime)

    return issued


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def register(browser: FlaskClient, token: str = "", /, **sent: Any) -> TestResponse:
    headers = bearer(token) if token else {}
    return browser.post("/oauth/register", json=LEAST | sent, headers=headers)


@pytest.fixture
def new(browser: FlaskClient, issue: Issue) -> dict[str, Any]:
    """A client that has just registered."""
    answer = register(browser, issue())
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json
    return found


def kept(new: dict[str, Any]) -> tuple[str, dict[str, str]]:
    path = new["registration_client_uri"].removeprefix(ISSUER)
    return path, bearer(new["registration_access_token"])


def test_discovery_says_where(browser: FlaskClient) -> None:
    found = browser.get("/.well-known/openid-configuration").json
    assert found["registration_endpoint"] == f"{ISSUER}/oauth/register"


def test_it_is_closed_to_strangers(browser: FlaskClient, issue: Issue, clock: FakeClock) -> None:
    late = issue(lifetime=timedelta(seconds=1))
    clock.advance(HOUR)
    for token in ("", "wrong", late):
        answer = register(browser, token)
        assert (answer.status_code, answer.json) == (401, {"error": "invalid_token"})
        assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert answer.headers["Cache-Control"] == "no-store"


def test_strangers_are_not_told_what_is_wrong_with_their_metadata(browser: FlaskClient) -> None:
    assert browser.post("/oauth/register", data="{").status_code == 401
    assert register(browser, redirect_uris=["javascript:1"]).status_code == 401


def test_a_token_in_the_query_or_body_is_none(browser: FlaskClient, issue: Issue) -> None:
    token = issue()
    path = f"/oauth/register?access_token={token}"
    assert browser.post(path, json=LEAST).status_code == 401
    assert register(browser, access_token=token).status_code == 401


def test_a_registration_by_initial_access_token(browser: FlaskClient, issue: Issue) -> None:
    token = issue()
    answer = register(browser, token, unknown="ignored")
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.json
    assert said["client_id"]
    assert len(said["client_secret"]) == 43
    assert said["client_secret_expires_at"] == 0
    assert said["client_id_issued_at"] > 0
    assert said["registration_client_uri"] == f"{ISSUER}/oauth/register/{said['client_id']}"
    assert said["client_name"] == "New"
    assert said["redirect_uris"] == [CALLBACK]
    assert said["grant_types"] == ["authorization_code"]
    assert said["response_types"] == ["code"]
    assert said["token_endpoint_auth_method"] == "client_secret_basic"
    assert said["scope"] == "openid profile email offline_access"
    assert "unknown" not in said
    assert register(browser, token).status_code == 401


def test_secrets_are_not_at_rest(store: Store, new: dict[str, Any]) -> None:
    with store.read() as tx:
        client = tx.clients.get(new["client_id"])
        assert client is not None
        assert client.source == "dynamic"
        held = f"{client!r}{client.secret_hash}"
    assert new["client_secret"] not in held
    assert new["registration_access_token"] not in held


def test_what_registers_logs_people_in(app: Flask, new: dict[str, Any]) -> None:
    rp = RelyingParty(app.test_client(), new["client_id"], CALLBACK, new["client_secret"])
    asked = rp.authorize()
    assert asked.status_code == 200
    assert "It registered itself" in asked.text
    code = allow(rp, asked)
    assert rp.exchange(code).json["token_type"] == "Bearer"


def test_consent_is_remembered_for_whoever_proves_itself_alone(
    app: Flask, browser: FlaskClient, issue: Issue
) -> None:
    for method, again in (("client_secret_basic", 303), ("none", 200)):
        new = register(browser, issue(), token_endpoint_auth_method=method).json
        rp = RelyingParty(app.test_client(), new["client_id"], CALLBACK, new.get("client_secret"))
        allow(rp, rp.authorize())
        assert rp.authorize().status_code == again
        silent = answered(rp.authorize(prompt="none"))
        assert ("code" in silent) == (again == 303)


def allow(rp: RelyingParty, page: TestResponse) -> str:
    form = read(page.text)[0]
    answer = rp.browser.post(form.action, data={**form.fields, "decision": "allow"})
    return answered(answer)["code"]


def test_a_refused_registration_spends_nothing(browser: FlaskClient, issue: Issue) -> None:
    token = issue()
    refused = register(browser, token, redirect_uris=["http://new.example/"])
    assert refused.status_code == 400
    assert refused.json["error"] == "invalid_redirect_uri"
    assert register(browser, token, grant_types=["password"]).json["error"] == (
        "invalid_client_metadata"
    )
    statement = register(browser, token, software_statement="e30.e30.")
    assert statement.json["error"] == "unapproved_software_statement"
    assert register(browser, token).status_code == 201


def test_one_use_is_one_client_however_many_ask_at_once(app: Flask, issue: Issue) -> None:
    token = issue()
    answers = race(lambda: register(app.test_client(), token).status_code, 20)
    assert sorted(answers) == [201, *[401] * 19]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b'{"redirect_uris": ["https://a.example/"], "redirect_uris": ["https://b.example/"]}',
        b'{"redirect_uris": [NaN]}',
        b'{"a": ' * 20 + b"1" + b"}" * 20,
        b"[" * 60_000,
        b'{"client_name": "\\ud800", "redirect_uris": ["https://a.example/"]}',
        b'{"client_name": "\\u0000", "redirect_uris": ["https://a.example/"]}',
        '{"client_name": "é"}'.encode("latin-1"),
    ],
)
def test_what_is_no_json_object_is_refused(browser: FlaskClient, issue: Issue, body: bytes) -> None:
    headers = bearer(issue()) | {"Content-Type": "application/json"}
    answer = browser.post("/oauth/register", data=body, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")


def test_another_media_type_is_refused(browser: FlaskClient, issue: Issue) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        headers = bearer(issue()) | {"Content-Type": kind}
        answer = browser.post("/oauth/register", data=json.dumps(LEAST), headers=headers)
        assert answer.status_code == 400


def test_a_body_that_is_too_large_is_refused(browser: FlaskClient, issue: Issue) -> None:
    answer = register(browser, issue(), padding="x" * 65_536)
    assert answer.status_code == 413


def test_only_post_registers(browser: FlaskClient) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        assert browser.open("/oauth/register", method=method).status_code == 405


def test_programs_in_browsers_may_register(browser: FlaskClient) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    answer = browser.options("/oauth/register", headers=asked)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_client_reads_itself(browser: FlaskClient, new: dict[str, Any]) -> None:
    path, headers = kept(new)
    answer = browser.get(path, headers=headers)
    assert answer.status_code == 200
    shown = {name: value for name, value in new.items() if not name.startswith("client_secret")}
    assert answer.json == shown


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_else_gets_near_it(
    browser: FlaskClient, issue: Issue, new: dict[str, Any], method: str
) -> None:
    other = register(browser, issue()).json
    path, _ = kept(new)
    strangers = [{}, bearer("wrong"), kept(other)[1], bearer(issue()), bearer(new["client_secret"])]
    for headers in strangers:
        answer = browser.open(path, method=method, json=LEAST, headers=headers)
        assert (answer.status_code, answer.json) == (401, {"error": "invalid_token"})
    unknown = browser.open("/oauth/register/nobody", method=method, headers=kept(new)[1])
    assert (unknown.status_code, unknown.json) == (401, {"error": "invalid_token"})
    path, headers = kept(new)
    assert browser.get(path, headers=headers).status_code == 200


def test_clients_of_operators_cannot_be_managed(browser: FlaskClient, new: dict[str, Any]) -> None:
    for token in ("", new["registration_access_token"]):
        answer = browser.delete("/oauth/register/bot", headers=bearer(token))
        assert answer.status_code == 401


def test_a_client_replaces_all_that_is_registered(
    browser: FlaskClient, new: dict[str, Any]
) -> None:
    path, headers = kept(new)
    changed = {
        "client_id": new["client_id"],
        "client_secret": new["client_secret"],
        "redirect_uris": ["https://new.example/other"],
        "scope": "openid",
    }
    answer = browser.put(path, json=changed, headers=headers)
    assert answer.status_code == 200
    assert answer.json["redirect_uris"] == ["https://new.example/other"]
    assert answer.json["scope"] == "openid"
    assert answer.json["client_name"] == new["client_id"]
    assert answer.json["registration_access_token"] == new["registration_access_token"]
    assert "client_secret" not in answer.json
    assert browser.get(path, headers=headers).json == answer.json


def test_a_client_stays_limited_whatever_it_says_of_itself(
    browser: FlaskClient, new: dict[str, Any], store: Store
) -> None:
    path, headers = kept(new)
    with store.write() as tx:
        held = tx.clients.get(new["client_id"])
        assert held
        limited = replace(held, require_acr="phr", access_token_seconds=30)
        assert tx.clients.change(limited)
    changed = LEAST | {"client_id": new["client_id"]}
    assert browser.put(path, json=changed, headers=headers).status_code == 200
    with store.read() as tx:
        after = tx.clients.get(new["client_id"])
    assert after
    assert (after.require_acr, after.access_token_seconds) == ("phr", 30)
    assert after.version == 3


def test_the_secret_goes_on_and_a_new_one_is_only_made_where_there_was_none(
    app: Flask, browser: FlaskClient, clock: FakeClock, new: dict[str, Any]
) -> None:
    path, headers = kept(new)
    public = LEAST | {"client_id": new["client_id"], "token_endpoint_auth_method": "none"}
    secret = LEAST | {"client_id": new["client_id"], "grant_types": ["client_credentials"]}
    secret |= {"response_types": []}
    rp = RelyingParty(app.test_client(), new["client_id"], CALLBACK, new["client_secret"])
    assert browser.put(path, json=secret, headers=headers).status_code == 200
    clock.advance(timedelta(seconds=3))
    assert rp.token(grant_type="client_credentials").status_code == 200
    assert "client_secret" not in browser.put(path, json=public, headers=headers).json
    made = browser.put(path, json=secret, headers=headers).json["client_secret"]
    assert made != new["client_secret"]
    clock.advance(timedelta(seconds=3))
    assert rp.token(grant_type="client_credentials").status_code == 401
    rp.secret = made
    assert rp.token(grant_type="client_credentials").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        {"client_id": None},
        {"client_id": "bot"},
        {"client_secret": CHOSEN},
        {"client_secret": 1},
        {"registration_access_token": "mine"},
        {"registration_client_uri": "https://new.example/"},
        {"client_secret_expires_at": 0},
        {"client_id_issued_at": 0},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"token_endpoint_auth_method": "client_secret_jwt"},
    ],
)
def test_what_a_client_cannot_choose_stays_as_it_was(
    browser: FlaskClient, new: dict[str, Any], sent: dict[str, Any]
) -> None:
    path, headers = kept(new)
    before = browser.get(path, headers=headers).json
    answer = browser.put(path, json=LEAST | {"client_id": new["client_id"]} | sent, headers=headers)
    assert answer.status_code == 400
    assert answer.json["error"] in {"invalid_client_metadata", "invalid_redirect_uri"}
    assert browser.get(path, headers=headers).json == before


def test_a_client_removes_itself_and_its_grants_end(
    app: Flask, browser: FlaskClient, clock: FakeClock, new: dict[str, Any]
) -> None:
    rp = RelyingParty(app.test_client(), new["client_id"], CALLBACK, new["client_secret"])
    token = rp.exchange(allow(rp, rp.authorize())).json["access_token"]
    assert rp.browser.get("/oauth/userinfo", headers=bearer(token)).status_code == 200
    path, headers = kept(new)
    answer = browser.delete(path, headers=headers)
    assert (answer.status_code, answer.data) == (204, b"")
    assert rp.browser.get("/oauth/userinfo", headers=bearer(token)).status_code == 401
    assert browser.get(path, headers=headers).status_code == 401
    assert browser.delete(path, headers=headers).status_code == 401
    clock.advance(timedelta(seconds=3))
    assert rp.authorize().status_code == 400


def test_a_sector_must_name_every_redirect_uri(browser: FlaskClient, issue: Issue) -> None:
    """The sector's list is fetched as all documents of strangers are."""
    answer = register(
        browser,
        issue(),
        sector_identifier_uri="https://127.0.0.1:8443/sector",
        subject_type="pairwise",
    )
    assert answer.json["error"] == "invalid_client_metadata"
    assert "cannot be fetched" in answer.json["error_description"]


class TestOpen:
    """Where an operator lets anyone register."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(registration="open", registrations_per_hour=3)

    def test_anyone_may_register(self, browser: FlaskClient) -> None:
        assert register(browser).status_code == 201

    def test_not_without_end(self, browser: FlaskClient, clock: FakeClock) -> None:
        for _ in range(3):
            assert register(browser).status_code == 201
        refused = register(browser)
        assert (refused.status_code, refused.json) == (429, {"error": "temporarily_unavailable"})
        assert int(refused.headers["Retry-After"]) > 0
        clock.advance(HOUR)
        assert register(browser).status_code == 201

    def test_a_caller_is_its_network(self, browser: FlaskClient) -> None:
        """Every IPv6 host is given a /64 to choose its address from."""
        answers = [
            browser.post(
                "/oauth/register",
                json=LEAST,
                environ_overrides={"REMOTE_ADDR": f"2001:db8:{network}::{host}"},
            ).status_code
            for network, host in ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1))
        ]
        assert answers == [201, 201, 201, 429, 201]

    def test_nobody_gets_what_needs_no_person(self, browser: FlaskClient, issue: Issue) -> None:
        alone = {"grant_types": ["client_credentials"], "response_types": []}
        for token in ("", issue()):
            assert register(browser, token, **alone).json["error"] == "invalid_client_metadata"

    def test_a_wrong_token_is_not_taken_for_none(self, browser: FlaskClient) -> None:
        assert register(browser, "wrong").status_code == 401


class TestClosed:
    """Where an operator has closed registration to all."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(registration="closed")

    def test_there_is_no_endpoint(self, browser: FlaskClient, issue: Issue) -> None:
        assert register(browser, issue()).status_code == 404
        found = browser.get("/.well-known/openid-configuration").json
        assert "registration_endpoint" not in found
