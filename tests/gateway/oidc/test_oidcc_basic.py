"""The modules of the OpenID Foundation's basic OP test plan, by their names.

Every request carries PKCE, which the plan leaves out and this provider asks for (RFC 9700, 2.1.1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from gateway import oidc
from store import Store
from store.accounts import Account
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import (
    ISSUER,
    SECRET,
    RelyingParty,
    Visitor,
    answered,
    claims_of,
    refused,
)

LogIn = Callable[[], None]


@pytest.fixture
def log_in(visitor: Visitor, clock: FakeClock) -> LogIn:
    """The person logs in anew, at the login that was begun."""

    def again() -> None:
        assert visitor.assurance
        visitor.assurance = replace(visitor.assurance, auth_time=clock.now())

    return again


def test_oidcc_server(rp: RelyingParty, account: Account, store: Store, clock: FakeClock) -> None:
    body = rp.tokens()
    assert body["token_type"] == "Bearer"
    keys = KeySet.import_key_set(oidc.jwks(store))
    token = jwt.decode(body["id_token"], keys, algorithms=["ES256"])
    now = int(clock.now().timestamp())
    assert token.header["kid"] in {key.kid for key in keys.keys}
    assert token.claims["iss"] == ISSUER
    assert token.claims["aud"] == "bot"
    assert token.claims["sub"] == account.id
    assert token.claims["nonce"] == "a nonce"
    assert token.claims["iat"] == now < token.claims["exp"]


def test_oidcc_response_type_missing(rp: RelyingParty) -> None:
    answer = answered(rp.authorize(response_type=None))
    assert (answer["error"], answer["state"]) == ("invalid_request", "a state")


def test_oidcc_idtoken_signature(rp: RelyingParty, store: Store) -> None:
    legacy = replace(rp, client_id="legacy")
    keys = KeySet.import_key_set(oidc.jwks(store))
    token = jwt.decode(legacy.tokens()["id_token"], keys, algorithms=["RS256"])
    assert token.header["alg"] == "RS256"


def test_oidcc_userinfo_get(rp: RelyingParty, account: Account) -> None:
    answer = rp.userinfo(rp.tokens()["access_token"])
    assert answer.mimetype == "application/json"
    assert answer.get_json()["sub"] == account.id


def test_oidcc_userinfo_post_header(rp: RelyingParty, account: Account) -> None:
    bearer = {"Authorization": f"Bearer {rp.tokens()['access_token']}"}
    answer = rp.browser.post("/oauth/userinfo", headers=bearer)
    assert answer.get_json()["sub"] == account.id


def test_oidcc_userinfo_post_body(rp: RelyingParty, account: Account) -> None:
    sent = {"access_token": rp.tokens()["access_token"]}
    answer = rp.browser.post("/oauth/userinfo", data=sent)
    assert answer.get_json()["sub"] == account.id


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(rp: RelyingParty) -> None:
    assert "nonce" not in claims_of(rp.tokens(nonce=None)["id_token"])


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid", {"sub"}),
        ("openid profile", {"sub", "preferred_username"}),
        ("openid email", {"sub", "email"}),
        ("openid address", {"sub"}),
        ("openid phone", {"sub"}),
        ("openid profile email address phone", {"sub", "preferred_username", "email"}),
    ],
    ids=["openid", "profile", "email", "address", "phone", "all"],
)
def test_oidcc_scope(rp: RelyingParty, scope: str, claims: set[str]) -> None:
    found = rp.userinfo(rp.tokens(scope=scope)["access_token"]).get_json()
    assert found.keys() >= claims
    assert not {"address", "phone_number"} & found.keys()


def test_oidcc_ensure_other_scope_order_succeeds(rp: RelyingParty) -> None:
    assert rp.tokens(scope="email openid")["id_token"]


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap", "unheard-of"])
def test_oidcc_display(rp: RelyingParty, display: str) -> None:
    assert "code" in answered(rp.authorize(display=display))


def test_oidcc_prompt_login(
    rp: RelyingParty, visitor: Visitor, clock: FakeClock, log_in: LogIn
) -> None:
    first = claims_of(rp.tokens()["id_token"])["auth_time"]
    clock.advance(timedelta(seconds=2))
    assert rp.authorize(prompt="login").location == "/login/begun"
    log_in()
    code = answered(rp.browser.get(visitor.begun[0][1]))["code"]
    assert claims_of(rp.exchange(code).get_json()["id_token"])["auth_time"] > first


def test_oidcc_prompt_none_not_logged_in(rp: RelyingParty, visitor: Visitor) -> None:
    visitor.assurance = None
    assert answered(rp.authorize(prompt="none"))["error"] == "login_required"


def test_oidcc_prompt_none_logged_in(rp: RelyingParty) -> None:
    first = claims_of(rp.tokens()["id_token"])
    second = claims_of(rp.tokens(prompt="none")["id_token"])
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


def test_oidcc_max_age_1(
    rp: RelyingParty, visitor: Visitor, clock: FakeClock, log_in: LogIn
) -> None:
    first = claims_of(rp.tokens()["id_token"])["auth_time"]
    clock.advance(timedelta(seconds=2))
    assert rp.authorize(max_age="1").location == "/login/begun"
    log_in()
    code = answered(rp.browser.get(visitor.begun[0][1]))["code"]
    assert claims_of(rp.exchange(code).get_json()["id_token"])["auth_time"] >= first + 2


def test_oidcc_max_age_10000(rp: RelyingParty, clock: FakeClock) -> None:
    first = claims_of(rp.tokens()["id_token"])["auth_time"]
    clock.advance(timedelta(seconds=9000))
    assert claims_of(rp.tokens(max_age="10000")["id_token"])["auth_time"] == first


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(rp: RelyingParty) -> None:
    assert "code" in answered(rp.authorize(extra="foobar"))


def test_oidcc_id_token_hint(rp: RelyingParty) -> None:
    first = rp.tokens()["id_token"]
    again = rp.tokens(prompt="none", id_token_hint=first)["id_token"]
    assert claims_of(first)["sub"] == claims_of(again)["sub"]


def test_oidcc_login_hint(rp: RelyingParty, visitor: Visitor) -> None:
    visitor.assurance = None
    rp.authorize(login_hint="buffy@example.org")
    assert visitor.begun[0][0].login_hint == "buffy@example.org"


def test_oidcc_ui_locales(rp: RelyingParty) -> None:
    assert "code" in answered(rp.authorize(ui_locales="se"))


def test_oidcc_claims_locales(rp: RelyingParty) -> None:
    assert "code" in answered(rp.authorize(claims_locales="se"))


def test_oidcc_ensure_request_with_acr_values_succeeds(rp: RelyingParty) -> None:
    assert claims_of(rp.tokens(acr_values="mfa aal1")["id_token"])["acr"] == "mfa"


def test_oidcc_codereuse(rp: RelyingParty) -> None:
    code = rp.code()
    assert rp.exchange(code).status_code == 200
    refused(rp.exchange(code), "invalid_grant")


def test_oidcc_codereuse_30seconds(rp: RelyingParty, clock: FakeClock) -> None:
    code = rp.code()
    token = rp.exchange(code).get_json()["access_token"]
    clock.advance(timedelta(seconds=30))
    refused(rp.exchange(code), "invalid_grant")
    assert rp.userinfo(token).status_code == 401


def test_oidcc_ensure_registered_redirect_uri(rp: RelyingParty) -> None:
    answer = rp.authorize(redirect_uri="https://bot.example/callback/other")
    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


def test_oidcc_ensure_post_request_succeeds(rp: RelyingParty) -> None:
    first = rp.browser.post("/oauth/authorize", data=rp.parameters())
    kept = rp.browser.get(first.location)
    assert "code" in answered(rp.browser.get(kept.location))


def test_oidcc_server_client_secret_post(rp: RelyingParty, store: Store) -> None:
    with store.write() as tx:
        bot = tx.clients.get("bot")
        assert bot
        by_post = replace(bot.metadata, token_endpoint_auth_method="client_secret_post")
        tx.clients.add(replace(bot, id="poster", metadata=by_post))
    poster = replace(rp, client_id="poster", secret=None)
    sent = {"client_id": "poster", "client_secret": SECRET}
    answer = poster.exchange(poster.code(), **sent)
    assert answer.get_json()["id_token"]


def test_oidcc_request_uri_unsigned_is_rejected_as_unsupported(rp: RelyingParty) -> None:
    answer = answered(rp.authorize(request_uri="https://bot.example/request"))
    assert answer["error"] in {"request_uri_not_supported", "invalid_request_uri"}


def test_oidcc_unsigned_request_object_is_rejected(rp: RelyingParty) -> None:
    answer = answered(rp.authorize(request="e30.e30."))
    assert answer["error"] in {"request_not_supported", "invalid_request_object"}


def test_oidcc_claims_essential(rp: RelyingParty) -> None:
    claims = '{"userinfo": {"preferred_username": {"essential": true}}}'
    found = rp.userinfo(rp.tokens(scope="openid profile", claims=claims)["access_token"])
    assert found.get_json()["preferred_username"] == "ada"


def test_oidcc_refresh_token(rp: RelyingParty, clock: FakeClock) -> None:
    body = rp.tokens()
    first = claims_of(body["id_token"])
    clock.advance(timedelta(seconds=1))
    again = rp.refresh(body["refresh_token"]).get_json()
    second = claims_of(again["id_token"])
    same = ("iss", "sub", "aud", "auth_time")
    assert [first[name] for name in same] == [second[name] for name in same]
    assert second["iat"] > first["iat"]
    assert again["access_token"] != body["access_token"]
