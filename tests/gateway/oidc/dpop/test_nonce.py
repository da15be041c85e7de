"""Nonces that we supply (RFC 9449, sections 8 and 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway import oidc
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import RelyingParty, refused

MACHINE = {"grant_type": "client_credentials"}


def test_every_answer_to_a_proof_supplies_one(rp: RelyingParty, prover: Prover) -> None:
    answer = prover.token(rp, **MACHINE)
    assert answer.status_code == 200
    prover.nonce = answer.headers["DPoP-Nonce"]
    assert prover.token(rp, **MACHINE).status_code == 200
    assert "DPoP-Nonce" not in rp.token(**MACHINE).headers


def test_what_is_cached_supplies_none(rp: RelyingParty, prover: Prover) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json"):
        answer = rp.browser.get(path, headers=prover.headers("GET"))
        assert "DPoP-Nonce" not in answer.headers


def test_a_nonce_lasts_five_to_ten_minutes(
    rp: RelyingParty, prover: Prover, clock: FakeClock
) -> None:
    prover.nonce = prover.token(rp, **MACHINE).headers["DPoP-Nonce"]
    clock.advance(timedelta(minutes=9, seconds=59))
    assert prover.token(rp, **MACHINE).status_code == 200
    clock.advance(timedelta(seconds=1))
    answer = prover.token(rp, **MACHINE)
    refused(answer, "use_dpop_nonce")
    assert answer.headers["DPoP-Nonce"] != prover.nonce
    prover.nonce = answer.headers["DPoP-Nonce"]
    assert prover.token(rp, **MACHINE).status_code == 200


@pytest.mark.parametrize("nonce", ["", "x", "x" * 300, "é"])
def test_a_nonce_that_is_not_ours(rp: RelyingParty, prover: Prover, nonce: str) -> None:
    prover.nonce = nonce
    refused(prover.token(rp, **MACHINE), "use_dpop_nonce")


class TestRequired:
    @pytest.fixture
    def settings(self, settings: oidc.ProviderSettings) -> oidc.ProviderSettings:
        return replace(settings, dpop_nonce_required=True)

    def test_at_the_token_endpoint(self, rp: RelyingParty, prover: Prover) -> None:
        code = rp.code()
        answer = prover.exchange(rp, code)
        refused(answer, "use_dpop_nonce")
        prover.nonce = answer.headers["DPoP-Nonce"]
        assert prover.exchange(rp, code).status_code == 200

    def test_at_userinfo(self, rp: RelyingParty, prover: Prover) -> None:
        prover.nonce = prover.token(rp, **MACHINE).headers["DPoP-Nonce"]
        token = prover.tokens(rp)["access_token"]
        prover.nonce = None
        answer = prover.userinfo(rp, token)
        assert answer.status_code == 401
        assert 'error="use_dpop_nonce"' in answer.headers["WWW-Authenticate"]
        prover.nonce = answer.headers["DPoP-Nonce"]
        assert prover.userinfo(rp, token).status_code == 200

    def test_bearer_tokens_need_none(self, rp: RelyingParty) -> None:
        assert rp.userinfo(rp.tokens()["access_token"]).status_code == 200
