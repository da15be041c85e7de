"""A client reads, replaces and removes itself (RFC 7592)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.clients.registration.conftest import (
    CALLBACK,
    LEAST,
    Issue,
    allow,
    bearer,
    register,
)
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty

CHOSEN = "of my own choice"


def kept(new: dict[str, Any]) -> tuple[str, dict[str, str]]:
    path = new["registration_client_uri"].removeprefix(ISSUER)
    return path, bearer(new["registration_access_token"])


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
