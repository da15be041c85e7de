"""What is said of a person, and where (OpenID Connect Core 1.0, sections 5.4 and 5.5)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc.jwk import KeySet

from gateway import oidc
from gateway.oidc.keys import jose
from store import Store
from tests.gateway.oidc.relying_party import RelyingParty

ALL = "openid profile email"


def told(rp: RelyingParty, store: Store, scope: str, claims: Any) -> tuple[Any, Any]:
    """Return the claims of the ID token and of UserInfo for this request."""
    tokens = rp.tokens(scope=scope, claims=json.dumps(claims))
    keys = KeySet.import_key_set(oidc.jwks(store))
    answer = rp.userinfo(tokens["access_token"]).get_json()
    return jose.decoded(tokens["id_token"], keys).claims, answer


def test_without_the_parameter_userinfo_speaks_of_the_person_and_the_id_token_of_the_login(
    rp: RelyingParty, store: Store
) -> None:
    id_token, userinfo = told(rp, store, ALL, {})
    assert {"email", "preferred_username"}.isdisjoint(id_token)
    assert userinfo.keys() == {"sub", "email", "preferred_username"}


@pytest.mark.parametrize("how", [None, {"essential": True}, {"value": "ada@example.org"}])
def test_a_claim_is_put_into_the_id_token_where_it_is_asked_for(
    rp: RelyingParty, store: Store, how: Any
) -> None:
    id_token, _ = told(rp, store, ALL, {"id_token": {"email": how}})
    assert id_token["email"] == "ada@example.org"
    assert "preferred_username" not in id_token


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
def test_what_the_scope_does_not_cover_is_not_said(
    rp: RelyingParty, store: Store, place: str
) -> None:
    """The person was shown the scope; 5.5.1 lets any claim be left out, an essential one too."""
    asked = {place: {"email": {"essential": True}, "preferred_username": None, "name": None}}
    id_token, userinfo = told(rp, store, "openid profile", asked)
    assert "email" not in {**id_token, **userinfo}
    assert "name" not in {**id_token, **userinfo}
    assert ("preferred_username" in id_token) is (place == "id_token")


def test_a_value_that_is_asked_for_changes_nothing_of_the_truth(
    rp: RelyingParty, store: Store
) -> None:
    asked = {"id_token": {"email": {"value": "eve@example.org"}, "iss": {"value": "eve"}}}
    id_token, _ = told(rp, store, ALL, asked)
    assert id_token["email"] == "ada@example.org"
    assert id_token["iss"] == "http://localhost:8080"


def test_userinfo_says_how_the_person_logged_in_where_it_is_asked_to(
    rp: RelyingParty, store: Store
) -> None:
    asked = {"userinfo": {"acr": None, "auth_time": {"essential": True}, "nonce": None}}
    id_token, userinfo = told(rp, store, "openid", asked)
    assert userinfo == {name: id_token[name] for name in ("sub", "acr", "auth_time")}


def test_a_refreshed_id_token_says_the_same(rp: RelyingParty, store: Store) -> None:
    asked = json.dumps({"id_token": {"email": None}})
    tokens = rp.tokens(claims=asked)
    again = rp.refresh(tokens["refresh_token"]).get_json()
    narrowed = rp.refresh(again["refresh_token"], scope="openid").get_json()
    keys = KeySet.import_key_set(oidc.jwks(store))
    assert jose.decoded(again["id_token"], keys).claims["email"] == "ada@example.org"
    assert "email" not in jose.decoded(narrowed["id_token"], keys).claims


def test_the_claims_of_the_login_are_always_there(rp: RelyingParty, store: Store) -> None:
    id_token, _ = told(rp, store, "openid", {})
    assert {"auth_time", "acr", "amr", "sid", "at_hash", "nonce"} <= id_token.keys()
