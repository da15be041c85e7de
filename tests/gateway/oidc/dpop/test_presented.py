"""Bound tokens where they are used (RFC 9449, section 7) and told of (RFC 7662)."""

from __future__ import annotations

from store.accounts import Account
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.issued.test_revocation import introspect, revoke
from tests.gateway.oidc.prover import USERINFO, Prover
from tests.gateway.oidc.relying_party import RelyingParty


def test_a_bound_token_is_presented_with_a_proof(
    rp: RelyingParty, prover: Prover, account: Account
) -> None:
    token = prover.tokens(rp)["access_token"]
    answer = prover.userinfo(rp, token)
    assert answer.get_json()["sub"] == account.id
    assert answer.headers["DPoP-Nonce"]


def test_a_bound_token_is_no_bearer_token(rp: RelyingParty, prover: Prover) -> None:
    token = prover.tokens(rp)["access_token"]
    proof = prover.headers("GET", USERINFO)
    for headers in ({}, proof):
        sent = {"Authorization": f"Bearer {token}", **headers}
        answer = rp.browser.get("/oauth/userinfo", headers=sent)
        assert (answer.status_code, answer.get_json()) == (401, {"error": "invalid_token"})
    answer = rp.browser.post("/oauth/userinfo", data={"access_token": token})
    assert answer.status_code == 401


def test_a_bearer_token_is_no_bound_token(rp: RelyingParty, prover: Prover) -> None:
    answer = prover.userinfo(rp, rp.tokens()["access_token"])
    assert (answer.status_code, answer.get_json()) == (401, {"error": "invalid_token"})


def test_the_proof_of_another_key_does_not_serve(
    rp: RelyingParty, prover: Prover, clock: FakeClock
) -> None:
    answer = Prover(clock).userinfo(rp, prover.tokens(rp)["access_token"])
    assert (answer.status_code, answer.get_json()) == (401, {"error": "invalid_token"})


def test_the_proof_must_be_of_this_token_and_this_request(rp: RelyingParty, prover: Prover) -> None:
    token = prover.tokens(rp)["access_token"]
    for wrong in ({"ath": None}, {"ath": "x" * 43}, {"ath": 1}, {"htm": "POST"}, {"htu": "x"}):
        answer = prover.userinfo(rp, token, **wrong)
        assert (answer.status_code, answer.get_json()) == (401, {"error": "invalid_dpop_proof"})
    missing = rp.browser.get("/oauth/userinfo", headers={"Authorization": f"DPoP {token}"})
    assert missing.get_json() == {"error": "invalid_dpop_proof"}


def test_a_challenge_names_both_schemes(rp: RelyingParty, prover: Prover) -> None:
    answer = prover.userinfo(rp, "nonsense")
    first, second = answer.headers.getlist("WWW-Authenticate")
    assert first == 'DPoP algs="ES256 EdDSA Ed25519 PS256", error="invalid_token"'
    assert second == 'Bearer realm="userinfo"'
    first, second = rp.browser.get("/oauth/userinfo").headers.getlist("WWW-Authenticate")
    assert (first, second.split()[0]) == ('Bearer realm="userinfo"', "DPoP")


def test_a_proof_that_was_spent(rp: RelyingParty, prover: Prover) -> None:
    token = prover.tokens(rp)["access_token"]
    assert prover.userinfo(rp, token, jti="one").status_code == 200
    assert prover.userinfo(rp, token, jti="one").status_code == 401


def test_introspection_tells_the_key(rp: RelyingParty, prover: Prover) -> None:
    tokens = prover.tokens(rp)
    found = introspect(rp, tokens["access_token"])
    assert (found["token_type"], found["cnf"]) == ("DPoP", {"jkt": prover.jkt})
    machine = prover.token(rp, grant_type="client_credentials").get_json()["access_token"]
    assert introspect(rp, machine)["cnf"] == {"jkt": prover.jkt}
    assert "cnf" not in introspect(rp, tokens["refresh_token"])


def test_bound_tokens_are_revoked_like_others(rp: RelyingParty, prover: Prover) -> None:
    tokens = prover.tokens(rp)
    revoke(rp, tokens["refresh_token"])
    assert introspect(rp, tokens["access_token"]) == {"active": False}
    assert prover.userinfo(rp, tokens["access_token"]).status_code == 401
