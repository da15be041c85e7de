"""The client profile `fapi2`, clause by clause of FAPI 2.0 Security Profile (Final, 2025)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from gateway.oidc.clients import fapi2
from store import Store
from store.clients import Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, answered, refused
from tests.gateway.oidc.signing_party import SigningParty, add, compact, metadata, signing

TOKEN, PAR, USERINFO = (f"{ISSUER}/oauth/{name}" for name in ("token", "par", "userinfo"))


class Bank:
    """A client under the profile: it signs for itself, pushes, and proves its key."""

    def __init__(self, rp: RelyingParty, clock: FakeClock) -> None:
        self.rp, self.party, self.key = rp, SigningParty(clock, "bank"), ECKey.generate_key("P-256")

    def proof(self, url: str, method: str = "POST", **more: Any) -> dict[str, str]:
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.as_dict(private=False)}
        said = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": url,
            "iat": int(self.party.clock.now().timestamp()),
            **more,
        }
        sign = signing(self.key, "ES256")
        return {"DPoP": compact(json.dumps(header), json.dumps(said), sign)}

    def push(self, **changes: str | None) -> TestResponse:
        sent = {**self.rp.parameters(**changes), **self.party.assertion()}
        return self.rp.browser.post("/oauth/par", data=sent)

    def code(self) -> str:
        pushed = self.push()
        assert pushed.status_code == 201, pushed.text
        query = {"client_id": "bank", "request_uri": pushed.get_json()["request_uri"]}
        kept = self.rp.browser.get("/oauth/authorize", query_string=query)
        self.answer = answered(self.rp.browser.get(kept.location))
        return self.answer["code"]

    def token(self, proof: dict[str, str] | None = None, **body: str) -> TestResponse:
        headers = self.proof(TOKEN) if proof is None else proof
        sent = {**self.party.assertion(), **body}
        return self.rp.browser.post("/oauth/token", data=sent, headers=headers)

    def exchange(self, code: str, proof: dict[str, str] | None = None) -> TestResponse:
        body = {"code": code, "redirect_uri": self.rp.redirect_uri}
        more = {"grant_type": "authorization_code", "code_verifier": self.rp.verifier}
        return self.token(proof, **body, **more)

    def refresh(self, token: str, **more: str) -> TestResponse:
        return self.token(grant_type="refresh_token", refresh_token=token, **more)


@pytest.fixture
def bank(rp: RelyingParty, store: Store, registered: Client, clock: FakeClock) -> Bank:
    own = fapi2.switched_on(metadata(profile="fapi2"))
    add(store, registered, id="bank", metadata=own, secret_hash=None)
    rp.client_id, rp.secret = "bank", None
    return Bank(rp, clock)


def claims(token: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return said


class TestGeneral:
    """5.3.2.1: requirements of authorization servers."""

    def test_1_metadata_is_published(self, bank: Bank) -> None:
        said = bank.rp.browser.get("/.well-known/openid-configuration").get_json()
        assert said["issuer"] == ISSUER
        assert "private_key_jwt" in said["token_endpoint_auth_methods_supported"]

    def test_2_no_password_grant(self, bank: Bank) -> None:
        answer = bank.token(grant_type="password", username="a", password="b")
        assert answer.get_json()["error"] == "unsupported_grant_type"

    def test_3_confidential_clients_alone(self, bank: Bank) -> None:
        sent = {"grant_type": "client_credentials", "client_id": "bank"}
        refused(bank.rp.browser.post("/oauth/token", data=sent), "invalid_client")

    def test_4_tokens_are_bound_to_their_sender(self, bank: Bank) -> None:
        body = bank.exchange(bank.code()).get_json()
        assert body["token_type"] == "DPoP"
        assert claims(body["access_token"])["cnf"] == {"jkt": bank.key.thumbprint()}

    def test_4_no_bearer_token_is_had(self, bank: Bank) -> None:
        answer = bank.exchange(bank.code(), proof={})
        assert answer.status_code == 400
        assert "access_token" not in answer.get_json()
        assert bank.token({}, grant_type="client_credentials").status_code == 400

    def test_4_no_bound_token_is_taken_as_a_bearer(self, bank: Bank) -> None:
        token = bank.exchange(bank.code()).get_json()["access_token"]
        assert bank.rp.userinfo(token).status_code == 401
        ath = (
            base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        )
        headers = {"Authorization": f"DPoP {token}", **bank.proof(USERINFO, "GET", ath=ath)}
        assert bank.rp.browser.get("/oauth/userinfo", headers=headers).status_code == 200

    @pytest.mark.parametrize("alg", ["ES256", "PS256", "EdDSA"])
    def test_6_clients_sign_for_themselves(self, bank: Bank, alg: str) -> None:
        bank.party.alg = alg
        assert bank.push().status_code == 201

    def test_7_no_open_redirector(self, bank: Bank) -> None:
        query = {**bank.rp.parameters(), "redirect_uri": "https://evil.example"}
        answer = bank.rp.browser.get("/oauth/authorize", query_string=query)
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)

    @pytest.mark.parametrize(
        "audience", [[ISSUER], [ISSUER, "https://other.example"], TOKEN, PAR, f"{ISSUER}/"]
    )
    def test_8_the_audience_is_the_issuer_as_a_string(self, bank: Bank, audience: Any) -> None:
        sent = {**bank.rp.parameters(), **bank.party.assertion(aud=audience)}
        refused(bank.rp.browser.post("/oauth/par", data=sent), "invalid_client")

    def test_9_refresh_tokens_do_not_rotate(self, bank: Bank) -> None:
        first = bank.exchange(bank.code()).get_json()["refresh_token"]
        for _ in range(3):
            body = bank.refresh(first).get_json()
            assert body.get("refresh_token", first) == first
            assert body["access_token"]

    def test_11_codes_live_sixty_seconds_at_the_most(self, bank: Bank, store: Store) -> None:
        """Even where the operator lets those of other clients live longer."""
        minutes, seconds = timedelta(minutes=10), timedelta(seconds=30)
        own, other = _stored(store, "bank"), _stored(store, "bot")
        assert fapi2.code_lifetime(own, minutes) == timedelta(seconds=60)
        assert fapi2.code_lifetime(own, seconds) == seconds
        assert fapi2.code_lifetime(other, minutes) == minutes

    def test_12_codes_are_bound_to_the_key(self, bank: Bank) -> None:
        pushed = {**bank.rp.parameters(), **bank.party.assertion()}
        answer = bank.rp.browser.post("/oauth/par", data=pushed, headers=bank.proof(PAR))
        query = {"client_id": "bank", "request_uri": answer.get_json()["request_uri"]}
        kept = bank.rp.browser.get("/oauth/authorize", query_string=query)
        code = answered(bank.rp.browser.get(kept.location))["code"]
        bank.key = ECKey.generate_key("P-256")
        assert bank.exchange(code).status_code == 400

    @pytest.mark.parametrize("claim", ["iat", "nbf"])
    @pytest.mark.parametrize(("seconds", "status"), [(10, 201), (61, 401)])
    def test_13_clocks(self, bank: Bank, claim: str, seconds: int, status: int) -> None:
        at = int(bank.party.clock.now().timestamp()) + seconds
        sent = {**bank.rp.parameters(), **bank.party.assertion(**{claim: at})}
        assert bank.rp.browser.post("/oauth/par", data=sent).status_code == status


class TestAuthorizationEndpoint:
    """5.3.2.2: the authorization code flow."""

    def test_1_and_2_the_request_is_pushed_by_an_authenticated_client(self, bank: Bank) -> None:
        told = answered(bank.rp.authorize())
        assert told["error"] == "invalid_request"
        sent = {**bank.rp.parameters(), "client_id": "bank"}
        refused(bank.rp.browser.post("/oauth/par", data=sent), "invalid_client")
        assert bank.code()

    @pytest.mark.parametrize("kind", ["token", "id_token", "code id_token", None])
    def test_1_code_is_the_only_response_type(self, bank: Bank, kind: str | None) -> None:
        assert bank.push(response_type=kind).status_code == 400

    def test_3_a_request_that_was_not_pushed_is_refused(self, bank: Bank) -> None:
        beside = {**bank.rp.parameters(), "request_uri": "https://bank.example/request"}
        answer = bank.rp.browser.get("/oauth/authorize", query_string=beside)
        assert answered(answer)["error"] == "request_uri_not_supported"

    def test_5_pkce_with_s256(self, bank: Bank) -> None:
        assert bank.push(code_challenge=None).status_code == 400
        assert bank.push(code_challenge_method="plain").status_code == 400
        assert bank.push(code_challenge_method=None).status_code == 400

    def test_6_the_redirect_uri_is_pushed(self, bank: Bank) -> None:
        assert bank.push(redirect_uri=None).status_code == 400
        assert bank.push(redirect_uri=f"{bank.rp.redirect_uri}?x=1").status_code == 400

    def test_7_the_issuer_is_in_the_answer(self, bank: Bank) -> None:
        bank.code()
        assert bank.answer["iss"] == ISSUER

    def test_8_and_9_a_code_counts_once(self, bank: Bank) -> None:
        code = bank.code()
        assert bank.exchange(code).status_code == 200
        refused(bank.exchange(code), "invalid_grant")

    def test_10_no_307(self, bank: Bank) -> None:
        answer = bank.rp.browser.post("/oauth/authorize", data={"client_id": "bank"})
        assert answer.status_code == 303

    def test_12_a_request_uri_lives_less_than_ten_minutes(self, bank: Bank) -> None:
        assert bank.push().get_json()["expires_in"] < 600


class TestCryptography:
    """5.4: algorithms, and the keys behind them."""

    @pytest.mark.parametrize("alg", ["RS256"])
    def test_1_what_a_client_must_not_sign_with(self, bank: Bank, alg: str) -> None:
        bank.party.alg = alg
        refused(bank.push(), "invalid_client")

    def test_1_what_a_client_must_not_sign_a_request_with(self, bank: Bank) -> None:
        now = int(bank.party.clock.now().timestamp())
        said = {**bank.rp.parameters(), "iss": "bank", "aud": ISSUER, "exp": now + 60, "nbf": now}
        for alg, status in (("RS256", 400), ("PS256", 201)):
            signer = SigningParty(bank.party.clock, "bank", alg)
            sent = {**bank.party.assertion(), "request": signer.sign(said)}
            assert bank.rp.browser.post("/oauth/par", data=sent).status_code == status

    def test_1_what_we_sign_for_it(self, bank: Bank) -> None:
        body = bank.exchange(bank.code()).get_json()
        for token in (body["access_token"], body["id_token"]):
            header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
            assert header["alg"] in fapi2.SIGNING

    @pytest.mark.parametrize(("age", "left"), [(None, 60), (3601, 60), (1800, 1801)])
    def test_a_signed_request_is_recent(self, bank: Bank, age: int | None, left: int) -> None:
        """FAPI 2.0 Message Signing, 5.3.1: `nbf` is there, and all within an hour of it."""
        now = int(bank.party.clock.now().timestamp())
        said = {**bank.rp.parameters(), "iss": "bank", "aud": ISSUER, "exp": now + left}
        said |= {} if age is None else {"nbf": now - age}
        sent = {**bank.party.assertion(), "request": bank.party.sign(said)}
        answer = bank.rp.browser.post("/oauth/par", data=sent)
        assert answer.get_json()["error"] == "invalid_request_object"


def _stored(store: Store, client_id: str) -> Client:
    with store.read() as tx:
        found = tx.clients.get(client_id)
    assert found is not None
    return found
