from __future__ import annotations

import json

import pytest

from tests.gateway.oidc.relying_party import SECRET, RelyingParty, refused

ASKED = {"grant_type": "client_credentials"}


class TestClientAuthentication:
    def test_in_the_body(self, rp: RelyingParty) -> None:
        sent = {**ASKED, "client_id": "bot", "client_secret": SECRET}
        assert rp.browser.post("/oauth/token", data=sent).status_code == 200

    @pytest.mark.parametrize(
        ("client_id", "secret"),
        [("bot", "wrong"), ("bot", ""), ("nobody", SECRET), ("quick", "anything"), ("", "")],
    )
    def test_every_failure_looks_alike(self, rp: RelyingParty, client_id: str, secret: str) -> None:
        pair = {"client_id": client_id, "client_secret": secret}
        refused(rp.browser.post("/oauth/token", data={**ASKED, **pair}), "invalid_client")
        rp.client_id, rp.secret = client_id, secret
        answer = rp.token(**ASKED)
        refused(answer, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")

    @pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic " + "A" * 9, "Bearer abc"])
    def test_broken_headers(self, rp: RelyingParty, header: str) -> None:
        answer = rp.browser.post("/oauth/token", data=ASKED, headers={"Authorization": header})
        refused(answer, "invalid_client")

    def test_two_ways_at_once(self, rp: RelyingParty) -> None:
        answer = rp.token(**ASKED, client_secret=SECRET, client_id="bot")
        assert answer.get_json()["error"] == "invalid_request"

    def test_a_confidential_client_cannot_go_without(self, rp: RelyingParty) -> None:
        code = rp.code()
        rp.secret = None
        refused(rp.exchange(code), "invalid_client")


class TestForm:
    def test_unknown_and_missing_grant_types(self, rp: RelyingParty) -> None:
        refused(rp.token(grant_type="password"), "unsupported_grant_type")
        assert rp.token().get_json()["error"] == "invalid_request"

    def test_the_query_is_not_read(self, rp: RelyingParty) -> None:
        answer = rp.browser.post(
            "/oauth/token?grant_type=client_credentials", data={"a": "b"}, headers=rp.basic()
        )
        assert answer.get_json()["error"] == "invalid_request"

    def test_repeated_parameters(self, rp: RelyingParty) -> None:
        answer = rp.browser.post(
            "/oauth/token",
            data={"grant_type": ["client_credentials", "client_credentials"]},
            headers=rp.basic(),
        )
        assert answer.get_json()["error"] == "invalid_request"

    def test_only_forms_by_post(self, rp: RelyingParty) -> None:
        assert rp.browser.get("/oauth/token").status_code == 405
        sent = json.dumps({"grant_type": "client_credentials"})
        answer = rp.browser.post(
            "/oauth/token", data=sent, content_type="application/json", headers=rp.basic()
        )
        assert answer.get_json()["error"] == "invalid_request"
