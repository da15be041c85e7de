"""DPoP at the token endpoint (RFC 9449, section 5)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey, OKPKey, RSAKey

from store import Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import RelyingParty, refused
from tests.gateway.oidc.token.test_token import decoded

MACHINE = {"grant_type": "client_credentials"}


class TestBoundTokens:
    @pytest.mark.parametrize(
        ("alg", "generate"),
        [
            ("ES256", lambda: ECKey.generate_key("P-256")),
            ("EdDSA", lambda: OKPKey.generate_key("Ed25519")),
            ("Ed25519", lambda: OKPKey.generate_key("Ed25519")),
            ("PS256", lambda: RSAKey.generate_key(2048)),
        ],
    )
    def test_every_algorithm_that_is_advertised(
        self, rp: RelyingParty, clock: FakeClock, alg: str, generate: Any
    ) -> None:
        prover = Prover(clock, generate(), alg)
        body = prover.token(rp, **MACHINE).get_json()
        assert body["token_type"] == "DPoP"
        assert decoded(rp, body["access_token"]).claims["cnf"] == {"jkt": prover.jkt}
        listed = rp.browser.get("/.well-known/openid-configuration").get_json()
        assert alg in listed["dpop_signing_alg_values_supported"]

    def test_code_and_refresh(self, rp: RelyingParty, prover: Prover) -> None:
        first = prover.tokens(rp)
        second = prover.refresh(rp, first["refresh_token"]).get_json()
        for body in (first, second):
            assert body["token_type"] == "DPoP"
            assert decoded(rp, body["access_token"]).claims["cnf"] == {"jkt": prover.jkt}
            assert "cnf" not in decoded(rp, body["id_token"]).claims

    def test_without_a_proof_tokens_are_bearer_tokens(self, rp: RelyingParty) -> None:
        body = rp.tokens()
        assert body["token_type"] == "Bearer"
        assert "cnf" not in decoded(rp, body["access_token"]).claims

    def test_a_client_that_registered_for_it_must_prove(
        self, bound: RelyingParty, prover: Prover
    ) -> None:
        """RFC 9449, section 5.2: reject requests that do not contain the header."""
        answer = bound.token(**MACHINE)
        assert answer.status_code == 400
        assert answer.get_json() == {
            "error": "invalid_request",
            "error_description": "Missing 'DPoP' header.",
        }
        code = bound.code()
        assert bound.exchange(code).get_json()["error"] == "invalid_request"
        assert prover.exchange(bound, code).status_code == 200


class TestProofs:
    def test_a_proof_counts_once(self, rp: RelyingParty, prover: Prover) -> None:
        sent = {**rp.basic(), **prover.headers()}
        first, second = (
            rp.browser.post("/oauth/token", data=MACHINE, headers=sent) for _ in range(2)
        )
        assert first.status_code == 200
        refused(second, "invalid_dpop_proof")

    def test_a_proof_counts_once_for_as_long_as_it_is_recent(
        self, rp: RelyingParty, prover: Prover, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(milliseconds=500))
        ahead = int(clock.now().timestamp()) + 60
        sent = {**rp.basic(), **prover.headers(iat=ahead)}
        answer = rp.browser.post("/oauth/token", data=MACHINE, headers=sent)
        assert answer.status_code == 200
        for seconds in (60, 60, 0.4):
            clock.advance(timedelta(seconds=seconds))
            answer = rp.browser.post("/oauth/token", data=MACHINE, headers=sent)
            refused(answer, "invalid_dpop_proof")

    def test_the_same_jti_of_another_key_is_another(
        self, rp: RelyingParty, clock: FakeClock
    ) -> None:
        for prover in (Prover(clock), Prover(clock)):
            sent = {**rp.basic(), **prover.headers(jti="one")}
            answer = rp.browser.post("/oauth/token", data=MACHINE, headers=sent)
            assert answer.status_code == 200

    @pytest.mark.parametrize(("seconds", "good"), [(-61, 0), (-60, 1), (60, 1), (61, 0)])
    def test_the_window(
        self, rp: RelyingParty, prover: Prover, clock: FakeClock, seconds: int, good: bool
    ) -> None:
        iat = int(clock.now().timestamp()) + seconds
        sent = {**rp.basic(), **prover.headers(iat=iat)}
        answer = rp.browser.post("/oauth/token", data=MACHINE, headers=sent)
        assert answer.status_code == (200 if good else 400)

    def test_two_headers(self, rp: RelyingParty, prover: Prover) -> None:
        twice = [("DPoP", prover.proof()), ("DPoP", prover.proof()), *rp.basic().items()]
        answer = rp.browser.post("/oauth/token", data=MACHINE, headers=twice)
        refused(answer, "invalid_dpop_proof")

    def test_the_issuer_is_what_we_are_whatever_the_host_says(
        self, rp: RelyingParty, prover: Prover
    ) -> None:
        ours = {**rp.basic(), **prover.headers()}
        evil = {**rp.basic(), **prover.headers(url="http://evil.example/oauth/token")}
        where = "http://evil.example"
        answer = rp.browser.post("/oauth/token", base_url=where, data=MACHINE, headers=evil)
        refused(answer, "invalid_dpop_proof")
        answer = rp.browser.post("/oauth/token", base_url=where, data=MACHINE, headers=ours)
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "htu",
        [
            "HTTP://LocalHost:8080/oauth/token",
            "http://localhost:8080/oauth/token?a=b#c",
            "http://localhost:8080/oauth/%74oken",
        ],
    )
    def test_the_uri_is_normalised(self, rp: RelyingParty, prover: Prover, htu: str) -> None:
        sent = {**rp.basic(), **prover.headers(url=htu)}
        assert rp.browser.post("/oauth/token", data=MACHINE, headers=sent).status_code == 200

    def test_an_unknown_client_spends_nothing(
        self, rp: RelyingParty, prover: Prover, store: Store
    ) -> None:
        sent = prover.headers()
        answer = rp.browser.post("/oauth/token", data=MACHINE, headers=sent)
        refused(answer, "invalid_client")
        answer = rp.browser.post("/oauth/token", data=MACHINE, headers={**rp.basic(), **sent})
        assert answer.status_code == 200

    def test_a_bad_proof_consumes_no_code(self, rp: RelyingParty, prover: Prover) -> None:
        code = rp.code()
        wrong = {**rp.basic(), **prover.headers("GET")}
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": rp.redirect_uri,
            "code_verifier": rp.verifier,
        }
        answer = rp.browser.post("/oauth/token", data=body, headers=wrong)
        refused(answer, "invalid_dpop_proof")
        assert prover.exchange(rp, code).status_code == 200


def test_the_log_says_what_is_wrong_and_the_answer_does_not(
    rp: RelyingParty, prover: Prover, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gatehouse.oidc")
    for wrong in ("htm", "htu", "iat"):
        sent = {**rp.basic(), **prover.headers(**{wrong: 1})}
        refused(rp.browser.post("/oauth/token", data=MACHINE, headers=sent), "invalid_dpop_proof")
        assert vars(caplog.records[-1])["detail"] == f"DPoP proof: {wrong}"


def test_pages_of_other_origins_may_prove(app: Flask) -> None:
    """A single-page app sends the header and reads the nonce (section 5)."""
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "dpop",
    }
    answer = app.test_client().options("/oauth/token", headers=asked)
    assert "DPoP" in answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert "DPoP-Nonce" in answer.headers["Access-Control-Expose-Headers"].split(", ")
