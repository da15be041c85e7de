"""Revocation and introspection (RFC 7009, RFC 7662): at once, and blind across clients."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from gateway import oidc
from store import Client, Store
from store.clients import secret_digest
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, REDIRECT, SECRET, RelyingParty, refused


def introspect(rp: RelyingParty, token: str) -> dict[str, Any]:
    answer = rp.browser.post("/oauth/introspect", data={"token": token}, headers=rp.basic())
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = answer.get_json()
    return body


def revoke(rp: RelyingParty, token: str, **more: str) -> None:
    sent = {"token": token, **more}
    if rp.secret is None:
        sent["client_id"] = rp.client_id
    answer = rp.browser.post("/oauth/revoke", data=sent, headers=rp.basic() if rp.secret else {})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def other(app: Flask, store: Store, registered: Client) -> RelyingParty:
    """Another chatbot with a secret and an audience of its own."""
    secret = SECRET[::-1]
    client = replace(registered, id="other", audience="other", secret_hash=secret_digest(secret))
    with store.write() as tx:
        tx.clients.add(client)
    return RelyingParty(app.test_client(), "other", REDIRECT, secret)


def test_a_live_access_token_is_told(rp: RelyingParty, registered: Client) -> None:
    found = introspect(rp, rp.tokens()["access_token"])
    assert found["active"] is True
    assert (found["iss"], found["client_id"], found["token_type"]) == (ISSUER, "bot", "Bearer")
    assert found["aud"] == registered.audience
    assert {"sub", "exp", "iat", "jti", "scope", "acr", "amr", "auth_time"} <= set(found)


def test_a_live_refresh_token_is_told(rp: RelyingParty) -> None:
    found = introspect(rp, rp.tokens()["refresh_token"])
    assert set(found) == {"active", "iss", "sub", "client_id", "scope", "exp"}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e" * 5000])
def test_of_anything_else_only_that_it_is_not_active(rp: RelyingParty, token: str) -> None:
    if token:
        assert introspect(rp, token) == {"active": False}
    else:
        answer = rp.browser.post("/oauth/introspect", data={}, headers=rp.basic())
        assert answer.get_json()["error"] == "invalid_request"


def test_an_id_token_is_no_token(rp: RelyingParty) -> None:
    assert introspect(rp, rp.tokens()["id_token"]) == {"active": False}


def test_an_expired_token_is_not_active(rp: RelyingParty, clock: FakeClock) -> None:
    tokens = rp.tokens()
    clock.advance(timedelta(hours=1, seconds=1))
    assert introspect(rp, tokens["access_token"]) == {"active": False}
    assert introspect(rp, tokens["refresh_token"]) == {"active": False}


def test_clients_are_blind_to_each_other(rp: RelyingParty, other: RelyingParty) -> None:
    tokens = rp.tokens()
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert introspect(other, token) == {"active": False}
        revoke(other, token)
        assert introspect(rp, token)["active"] is True


def test_a_backend_may_ask_of_tokens_meant_for_it(
    rp: RelyingParty, other: RelyingParty, store: Store, registered: Client
) -> None:
    with store.write() as tx:
        tx.clients.remove("other")
        tx.clients.add(replace(registered, id="api", secret_hash=secret_digest(other.secret or "")))
    api = replace(other, client_id="api")
    tokens = rp.tokens()
    assert introspect(api, tokens["access_token"])["active"] is True
    assert introspect(api, tokens["refresh_token"]) == {"active": False}


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", ""])
def test_revoking_one_revokes_what_was_issued_beside_it(
    rp: RelyingParty, which: str, hint: str
) -> None:
    tokens = rp.tokens()
    revoke(rp, tokens[which], **({"token_type_hint": hint} if hint else {}))
    assert introspect(rp, tokens["access_token"]) == {"active": False}
    assert introspect(rp, tokens["refresh_token"]) == {"active": False}
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")


def test_a_public_client_revokes_its_own(native: RelyingParty, rp: RelyingParty) -> None:
    tokens = native.tokens()
    revoke(native, tokens["refresh_token"])
    refused(native.refresh(tokens["refresh_token"]), "invalid_grant")


def test_a_client_revokes_what_it_got_for_itself(rp: RelyingParty) -> None:
    first, second = (
        rp.token(grant_type="client_credentials", scope="transfer").get_json()["access_token"]
        for _ in range(2)
    )
    revoke(rp, first)
    assert introspect(rp, first) == {"active": False}
    assert introspect(rp, second)["active"] is True


def test_another_worker_knows_at_once(
    rp: RelyingParty, store: Store, clock: FakeClock, settings: oidc.ProviderSettings
) -> None:
    token = rp.tokens()["access_token"]
    keys = oidc.KeyRing(store, clock)
    elsewhere = oidc.Standing(store, clock, settings.issuer, keys)
    assert elsewhere.find(token)
    revoke(rp, token)
    assert elsewhere.find(token) is None


def test_a_disabled_account_has_no_tokens(rp: RelyingParty, store: Store, account: Any) -> None:
    token = rp.tokens()["access_token"]
    with store.write() as tx:
        tx.accounts.set_disabled(account.id, True)
    assert introspect(rp, token) == {"active": False}


def test_unknown_and_expired_tokens_are_revoked_like_any_other(rp: RelyingParty) -> None:
    revoke(rp, "never issued")


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth/introspect"])
def test_who_asks_must_authenticate(rp: RelyingParty, path: str) -> None:
    wrong = replace(rp, secret="wrong")
    refused(rp.browser.post(path, data={"token": "x"}), "invalid_client")
    refused(rp.browser.post(path, data={"token": "x"}, headers=wrong.basic()), "invalid_client")
    assert rp.browser.get(path).status_code == 405


def test_a_public_client_cannot_introspect(native: RelyingParty) -> None:
    sent = {"token": native.tokens()["access_token"], "client_id": native.client_id}
    refused(native.browser.post("/oauth/introspect", data=sent), "invalid_client")
