"""What a client registers, and what comes of it (RFC 7591)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import Store
from tests.gateway.oidc.clients.registration.conftest import (
    CALLBACK,
    LEAST,
    Issue,
    allow,
    bearer,
    register,
)
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, answered


def test_discovery_says_where(browser: FlaskClient) -> None:
    found = browser.get("/.well-known/openid-configuration").json
    assert found["registration_endpoint"] == f"{ISSUER}/oauth/register"


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
