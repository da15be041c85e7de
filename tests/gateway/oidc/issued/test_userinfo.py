from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from store import Store
from store.accounts import Account
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.forging import private_key
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty


@pytest.mark.parametrize("way", ["get", "post header", "post body"])
def test_three_ways_to_ask(rp: RelyingParty, account: Account, way: str) -> None:
    token = rp.tokens()["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    answer = {
        "get": lambda: rp.browser.get("/oauth/userinfo", headers=header),
        "post header": lambda: rp.browser.post("/oauth/userinfo", headers=header),
        "post body": lambda: rp.browser.post("/oauth/userinfo", data={"access_token": token}),
    }[way]()
    assert answer.get_json() == {
        "sub": account.id,
        "preferred_username": "ada",
        "email": "ada@example.org",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_scope_decides_what_is_said(rp: RelyingParty, account: Account) -> None:
    token = rp.tokens(scope="openid")["access_token"]
    assert rp.userinfo(token).get_json() == {"sub": account.id}


def test_without_openid(rp: RelyingParty) -> None:
    answer = rp.userinfo(rp.tokens(scope="profile")["access_token"])
    assert (answer.status_code, answer.get_json()) == (403, {"error": "insufficient_scope"})
    assert 'scope="openid"' in answer.headers["WWW-Authenticate"]


def test_without_a_token_no_error_is_named(rp: RelyingParty) -> None:
    token = rp.tokens()["access_token"]
    for answer in (
        rp.browser.get("/oauth/userinfo"),
        rp.browser.get(f"/oauth/userinfo?access_token={token}"),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="userinfo"'


def test_two_tokens_are_a_malformed_request(rp: RelyingParty) -> None:
    token = rp.tokens()["access_token"]
    answer = rp.browser.post(
        "/oauth/userinfo",
        data={"access_token": token},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 400


def test_an_id_token_is_no_access_token(rp: RelyingParty) -> None:
    assert rp.userinfo(rp.tokens()["id_token"]).status_code == 401


def test_expiry_and_revocation(
    rp: RelyingParty, clock: FakeClock, store: Store, account: Account
) -> None:
    token = rp.tokens()["access_token"]
    with store.write() as tx:
        tx.grants.revoke_account(account.id)
    assert rp.userinfo(token).status_code == 401
    token = rp.tokens()["access_token"]
    clock.advance(timedelta(seconds=301))
    answer = rp.userinfo(token)
    assert answer.get_json() == {"error": "invalid_token"}
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_disabled_account_has_no_userinfo(
    rp: RelyingParty, store: Store, account: Account
) -> None:
    token = rp.tokens()["access_token"]
    with store.write() as tx:
        tx.accounts.set_disabled(account.id, True)
    assert rp.userinfo(token).status_code == 401


FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "no issuer": {"claims": {"iss": None}},
    "no expiry": {"claims": {"exp": None}},
    "no id": {"claims": {"jti": None}},
    "another type": {"header": {"typ": "JWT"}},
    "no type": {"header": {"typ": None}},
    "another key": {"key": True},
}


def test_forged_tokens(rp: RelyingParty, store: Store) -> None:
    genuine = private_key(store)
    token = jwt.decode(rp.tokens()["access_token"], genuine, algorithms=["ES256"])
    for name, change in FORGED.items():
        header = _without_none({**token.header, **change.get("header", {})})
        claims = _without_none({**token.claims, **change.get("claims", {})})
        key = ECKey.generate_key("P-256") if change.get("key") else genuine
        made = jwt.encode(header, claims, key, algorithms=["ES256"], default_type=None)
        assert rp.userinfo(made).status_code == 401, name


def test_the_same_tool_can_forge_a_good_one(rp: RelyingParty, store: Store) -> None:
    genuine = private_key(store)
    token = jwt.decode(rp.tokens()["access_token"], genuine, algorithms=["ES256"])
    assert token.claims["iss"] == ISSUER
    made = jwt.encode(token.header, token.claims, genuine, algorithms=["ES256"])
    assert rp.userinfo(made).status_code == 200


def test_rubbish_is_no_token(rp: RelyingParty) -> None:
    for token in ("x", "a.b.c", "..", "x" * 100_000, "e30.e30."):
        assert rp.userinfo(token).status_code == 401


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
