"""The device authorization endpoint and the polls that follow, against RFC 8628."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from joserfc import jwt

from gateway.oidc import KeyRing
from store import Store
from store.accounts import Account
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.device.terminal import GRANT_TYPE, Helper, Terminal
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, Visitor, refused

SECOND = timedelta(seconds=1)


class TestRequest:
    def test_the_answer_has_every_member_of_section_3_2(self, terminal: Terminal) -> None:
        answer = terminal.post()
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"] == "application/json"
        codes = answer.get_json()
        assert re.fullmatch(
            r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", codes["user_code"]
        )
        assert len(codes["device_code"]) >= 43
        assert codes["verification_uri"] == f"{ISSUER}/device"
        complete = f"{ISSUER}/device?user_code={codes['user_code']}"
        assert codes["verification_uri_complete"] == complete
        assert (codes["expires_in"], codes["interval"]) == (600, 5)

    def test_a_confidential_client_authenticates(self, panel: Terminal) -> None:
        assert panel.post().status_code == 200
        panel.rp.secret = "another"  # pragma: allowlist secret
        refused(panel.post(), "invalid_client")

    def test_a_confidential_client_cannot_come_as_a_public_one(self, panel: Terminal) -> None:
        panel.rp.secret = None
        refused(panel.post(), "invalid_client")

    def test_only_clients_that_registered_the_grant(self, app: Flask) -> None:
        refused(Terminal(RelyingParty(app.test_client())).post(), "unauthorized_client")

    @pytest.mark.parametrize("scope", [None, "nothing of mine"])
    def test_some_scope_must_be_open(self, terminal: Terminal, scope: str | None) -> None:
        answer = terminal.post(scope=scope)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")

    @pytest.mark.parametrize("sent", [{"scope": "openid\n"}, {"acr_values": "a " * 1100}])
    def test_malformed_values(self, terminal: Terminal, sent: dict[str, str]) -> None:
        answer = terminal.post(**sent)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")

    def test_post_of_a_form_alone(self, terminal: Terminal) -> None:
        browser = terminal.rp.browser
        assert browser.get("/oauth/device_authorization").status_code == 405
        answer = browser.post("/oauth/device_authorization", json={"client_id": "speaker"})
        assert answer.get_json()["error"] == "invalid_request"

    def test_unknown_parameters_are_ignored(self, terminal: Terminal) -> None:
        assert terminal.post(colour="blue").status_code == 200

    def test_metadata(self, terminal: Terminal) -> None:
        for path in ("openid-configuration", "oauth-authorization-server"):
            said = terminal.rp.browser.get(f"/.well-known/{path}").get_json()
            assert said["device_authorization_endpoint"] == f"{ISSUER}/oauth/device_authorization"
            assert GRANT_TYPE in said["grant_types_supported"]


class TestPolling:
    def test_pending_then_tokens(
        self, terminal: Terminal, person: Helper, account: Account, store: Store, clock: FakeClock
    ) -> None:
        codes = terminal.start(scope="openid offline_access transfer")
        refused(terminal.poll(), "authorization_pending")
        assert person.decide(codes["user_code"]).status_code == 200
        answer = terminal.poll()
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        body = answer.get_json()
        assert body["scope"] == "openid offline_access transfer"
        read = jwt.decode(body["id_token"], KeyRing(store, clock).public(), algorithms=["ES256"])
        assert read.claims["sub"] == account.id
        assert (read.claims["aud"], read.claims["acr"]) == ("speaker", "mfa")
        assert "urn:openid:params:jwt:claim:auth_req_id" not in read.claims
        assert terminal.rp.refresh(body["refresh_token"]).status_code == 200

    def test_no_refresh_token_unless_asked_for(self, terminal: Terminal, person: Helper) -> None:
        codes = terminal.start()
        person.decide(codes["user_code"])
        assert "refresh_token" not in terminal.poll().get_json()

    def test_too_fast_is_told_to_slow_down_and_remembered(
        self, terminal: Terminal, clock: FakeClock
    ) -> None:
        terminal.start()
        refused(terminal.poll(), "authorization_pending")
        clock.advance(4 * SECOND)
        refused(terminal.poll(), "slow_down")
        clock.advance(9 * SECOND)
        refused(terminal.poll(), "slow_down")
        clock.advance(15 * SECOND)
        refused(terminal.poll(), "authorization_pending")

    def test_expired(self, terminal: Terminal, person: Helper, clock: FakeClock) -> None:
        codes = terminal.start()
        clock.advance(timedelta(minutes=10))
        refused(terminal.poll(), "expired_token")
        assert person.enter(codes["user_code"]).status_code == 400

    def test_denied(self, terminal: Terminal, person: Helper) -> None:
        codes = terminal.start()
        person.decide(codes["user_code"], "deny")
        refused(terminal.poll(), "access_denied")
        refused(terminal.poll(), "access_denied")

    def test_another_client_cannot_poll(
        self, terminal: Terminal, panel: Terminal, person: Helper
    ) -> None:
        codes = terminal.start()
        person.decide(codes["user_code"])
        panel.codes = codes
        refused(panel.poll(), "invalid_grant")
        assert terminal.poll().status_code == 200

    def test_unknown_and_missing_codes(self, terminal: Terminal) -> None:
        terminal.start()
        refused(terminal.poll(device_code="another"), "invalid_grant")
        missing = terminal.poll(device_code=None)
        assert missing.get_json()["error"] == "invalid_request"

    def test_a_client_without_the_grant_type_is_refused(
        self, app: Flask, terminal: Terminal
    ) -> None:
        other = Terminal(RelyingParty(app.test_client()), terminal.start())
        refused(other.poll(), "unauthorized_client")

    def test_a_second_use_revokes_what_the_first_one_issued(
        self, terminal: Terminal, person: Helper
    ) -> None:
        codes = terminal.start(scope="openid offline_access")
        person.decide(codes["user_code"])
        body = terminal.poll().get_json()
        refused(terminal.poll(), "invalid_grant")
        refused(terminal.rp.refresh(body["refresh_token"]), "invalid_grant")
        assert terminal.rp.userinfo(body["access_token"]).status_code == 401

    def test_the_end_of_the_session_ends_an_approval(
        self, terminal: Terminal, person: Helper, visitor: Visitor, store: Store
    ) -> None:
        codes = terminal.start()
        person.decide(codes["user_code"])
        assert visitor.assurance is not None
        with store.write() as tx:
            tx.grants.revoke_session(visitor.assurance.sid)
        refused(terminal.poll(), "access_denied")
