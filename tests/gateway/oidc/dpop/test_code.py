"""Codes bound to a key (RFC 9449, section 10)."""

from __future__ import annotations

import pytest

from store import Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import RelyingParty, answered, refused


def test_a_bound_code_is_exchanged_by_its_key(rp: RelyingParty, prover: Prover) -> None:
    assert prover.tokens(rp, dpop_jkt=prover.jkt)["token_type"] == "DPoP"


def test_no_proof_no_tokens_and_no_second_try(
    rp: RelyingParty, prover: Prover, store: Store
) -> None:
    code = rp.code(dpop_jkt=prover.jkt)
    refused(rp.exchange(code), "invalid_grant")
    refused(prover.exchange(rp, code), "invalid_grant")


def test_a_code_that_leaked_is_in_the_trail(rp: RelyingParty, prover: Prover, store: Store) -> None:
    refused(rp.exchange(rp.code(dpop_jkt=prover.jkt)), "invalid_grant")
    with store.read() as tx:
        [last] = tx.audit.list(1)
    assert (last.event, last.client_id, last.detail) == ("code.misused", "bot", {"by": "bot"})


def test_another_key_consumes_the_code(rp: RelyingParty, prover: Prover, clock: FakeClock) -> None:
    code = rp.code(dpop_jkt=prover.jkt)
    refused(Prover(clock).exchange(rp, code), "invalid_grant")
    refused(prover.exchange(rp, code), "invalid_grant")


@pytest.mark.parametrize("jkt", ["x", "x" * 42, "x" * 44, "+" * 43, "x" * 42 + "="])
def test_what_is_no_thumbprint_is_refused(rp: RelyingParty, jkt: str) -> None:
    assert answered(rp.authorize(dpop_jkt=jkt))["error"] == "invalid_request"


def test_a_nonce_that_is_asked_for_costs_no_code(rp: RelyingParty, prover: Prover) -> None:
    code = rp.code(dpop_jkt=prover.jkt)
    prover.nonce = "an old one"
    refused(prover.exchange(rp, code), "use_dpop_nonce")
    prover.nonce = None
    assert prover.exchange(rp, code).status_code == 200
