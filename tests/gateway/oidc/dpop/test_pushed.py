"""Pushed requests that come with a proof (RFC 9449, section 10.1; RFC 9126)."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.fakes.clock import FakeClock
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, answered, refused

PAR = f"{ISSUER}/oauth/par"


def push(rp: RelyingParty, headers: dict[str, str], **changes: str) -> TestResponse:
    sent = rp.parameters(**changes)
    return rp.browser.post("/oauth/par", data=sent, headers={**rp.basic(), **headers})


def code_of(rp: RelyingParty, pushed: TestResponse) -> str:
    assert pushed.status_code == 201, pushed.text
    sent = {"client_id": rp.client_id, "request_uri": pushed.get_json()["request_uri"]}
    kept = rp.browser.get("/oauth/authorize", query_string=sent)
    return answered(rp.browser.get(kept.location))["code"]


def test_the_proof_binds_the_code(rp: RelyingParty, prover: Prover) -> None:
    pushed = push(rp, prover.headers(url=PAR))
    assert pushed.headers["DPoP-Nonce"]
    code = code_of(rp, pushed)
    assert prover.exchange(rp, code).get_json()["token_type"] == "DPoP"


@pytest.mark.parametrize("with_proof", [True, False])
def test_another_key_or_none_gets_nothing(
    rp: RelyingParty, prover: Prover, clock: FakeClock, with_proof: bool
) -> None:
    code = code_of(rp, push(rp, prover.headers(url=PAR)))
    answer = Prover(clock).exchange(rp, code) if with_proof else rp.exchange(code)
    refused(answer, "invalid_grant")


def test_the_parameter_binds_it_too(rp: RelyingParty, prover: Prover) -> None:
    code = code_of(rp, push(rp, {}, dpop_jkt=prover.jkt))
    refused(rp.exchange(code), "invalid_grant")


def test_proof_and_parameter_must_agree(rp: RelyingParty, prover: Prover, clock: FakeClock) -> None:
    agreed = push(rp, prover.headers(url=PAR), dpop_jkt=prover.jkt)
    assert agreed.status_code == 201
    torn = push(rp, prover.headers(url=PAR), dpop_jkt=Prover(clock).jkt)
    assert (torn.status_code, torn.get_json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("wrong", [{"htu": f"{ISSUER}/oauth/token"}, {"htm": "GET"}, {"iat": 1}])
def test_a_wrong_proof(rp: RelyingParty, prover: Prover, wrong: dict[str, str]) -> None:
    refused(push(rp, prover.headers(**{"url": PAR, **wrong})), "invalid_dpop_proof")


def test_a_proof_counts_once(rp: RelyingParty, prover: Prover) -> None:
    headers = prover.headers(url=PAR)
    assert push(rp, headers).status_code == 201
    refused(push(rp, headers), "invalid_dpop_proof")


def test_an_old_nonce_is_answered_with_a_new_one(rp: RelyingParty, prover: Prover) -> None:
    prover.nonce = "old"
    answer = push(rp, prover.headers(url=PAR))
    refused(answer, "use_dpop_nonce")
    assert answer.headers["DPoP-Nonce"]


def test_a_stranger_spends_nothing(rp: RelyingParty, prover: Prover) -> None:
    headers = prover.headers(url=PAR)
    answer = rp.browser.post("/oauth/par", data=rp.parameters(), headers=headers)
    refused(answer, "invalid_client")
    assert push(rp, headers).status_code == 201
