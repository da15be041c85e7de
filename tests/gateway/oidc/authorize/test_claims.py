"""The `claims` parameter (OpenID Connect Core 1.0, section 5.5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.oidc.authorize.claims import essential_acr, parsed, subject, voluntary_acr
from store.accounts import Account
from tests.gateway.oidc.relying_party import RelyingParty, Visitor, answered, claims_of
from tests.timing import AT_ONCE, quickest

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "claims.json").read_text())


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_what_is_no_claims_request_is_refused(rp: RelyingParty, case: dict[str, str]) -> None:
    assert answered(rp.authorize(claims=case["claims"]))["error"] == "invalid_request"


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_and_that_takes_no_time(case: dict[str, str]) -> None:
    def refuse() -> None:
        with pytest.raises(ValueError, match=r"."):
            parsed(case["claims"])

    assert quickest(refuse)[1] < AT_ONCE


@pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda case: case["name"])
def test_what_is_one_is_taken(rp: RelyingParty, case: dict[str, str]) -> None:
    assert "code" in answered(rp.authorize(claims=case["claims"]))


def test_members_that_are_not_known_are_left_out() -> None:
    assert parsed('{"id_token": {"x": null}, "verified_claims": 7}') == {"id_token": {"x": None}}
    assert parsed("") == {}


def test_an_acr_is_essential_or_a_wish() -> None:
    essential = {"id_token": {"acr": {"essential": True, "values": ["a", "b"]}}}
    assert (essential_acr(essential), voluntary_acr(essential)) == (("a", "b"), ())
    wish = {"id_token": {"acr": {"value": "a"}}}
    assert (essential_acr(wish), voluntary_acr(wish)) == ((), ("a",))
    assert essential_acr({"id_token": {"acr": {"essential": True}}}) == ()
    assert essential_acr({"userinfo": {"acr": {"essential": True, "value": "a"}}}) == ()


def test_one_person_may_be_asked_for_in_either_place() -> None:
    assert subject({"userinfo": {"sub": {"value": "a"}}}) == "a"
    assert subject({"id_token": {"sub": None}}) is None


def acr(*values: str, **more: Any) -> str:
    return json.dumps({"id_token": {"acr": {"values": values, **more}}})


def test_an_essential_acr_that_is_missing_begins_a_login_and_is_then_unmet(
    rp: RelyingParty, visitor: Visitor
) -> None:
    claims = acr("aal2", essential=True)
    assert rp.authorize(claims=claims).location == "/login/begun"
    requirement, back, _ = visitor.begun[0]
    assert requirement.essential_acr == requirement.acr_values == ("aal2",)
    assert answered(rp.browser.get(back))["error"] == "unmet_authentication_requirements"


def test_an_essential_acr_is_told_by_one_of_its_own_names(rp: RelyingParty) -> None:
    tokens = rp.tokens(claims=acr("aal2", "aal1", essential=True))
    assert claims_of(tokens["id_token"])["acr"] == "aal1"


@pytest.mark.parametrize("value", ["gold", "aal1"])
def test_an_essential_acr_beyond_or_below_what_there_is_asks_nobody_to_log_in(
    rp: RelyingParty, visitor: Visitor, value: str
) -> None:
    visitor.assurance = None
    claims = acr(value, essential=True)
    answer = answered(rp.authorize(client_id="strict", claims=claims))
    assert answer["error"] == "unmet_authentication_requirements"
    silent = answered(rp.authorize(client_id="strict", claims=claims, prompt="none"))
    assert silent["error"] == "unmet_authentication_requirements"
    assert visitor.begun == []


def test_a_voluntary_acr_of_the_claims_is_a_wish_like_any_other(
    rp: RelyingParty, visitor: Visitor
) -> None:
    assert rp.authorize(claims=acr("aal2"), acr_values="gold").location == "/login/begun"
    assert visitor.begun[0][0].acr_values == ("gold", "aal2")
    assert "code" in answered(rp.browser.get(visitor.begun[0][1]))


def test_a_sub_of_the_claims_is_the_one_person_who_may_answer(
    rp: RelyingParty, account: Account
) -> None:
    def wanted(sub: str) -> str:
        return json.dumps({"id_token": {"sub": {"value": sub}}})

    assert "code" in answered(rp.authorize(claims=wanted(account.id), prompt="none"))
    answer = answered(rp.authorize(claims=wanted("somebody"), prompt="none"))
    assert answer["error"] == "login_required"
    assert "asks for somebody else" in rp.authorize(claims=wanted("somebody")).text
