"""The backchannel authentication endpoint and the polls that follow, against CIBA Core 1.0."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt

from gateway.oidc import KeyRing
from store import Store
from store.accounts import Account
from store.clients import DYNAMIC, Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.backchannel.backend import GRANT_TYPE, Backend, Phone
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, Visitor, refused

SECOND = timedelta(seconds=1)
VECTORS = Path(__file__).parents[1] / "vectors" / "backchannel_requests.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text())


def rejected(backend: Backend, error: str, **body: str | None) -> None:
    answer = backend.post(**body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)
    assert answer.headers["Cache-Control"] == "no-store"


class TestRequest:
    def test_the_answer_has_every_member_of_section_7_3(self, bank: Backend) -> None:
        answer = bank.post()
        assert answer.headers["Cache-Control"] == "no-store"
        taken = answer.get_json()
        assert set(taken) == {"auth_req_id", "expires_in", "interval", "binding_number"}
        assert len(taken["auth_req_id"]) >= 43
        assert (taken["expires_in"], taken["interval"]) == (120, 5)
        assert 10 <= int(taken["binding_number"]) <= 99

    def test_confidential_clients_alone(self, app: Flask, bank: Backend) -> None:
        browser = app.test_client()
        public = {"client_id": "open", "scope": "openid", "login_hint": "ada"}
        refused(browser.post("/oauth/backchannel-authentication", data=public), "invalid_client")
        bank.rp.secret = "another"  # pragma: allowlist secret
        refused(bank.post(), "invalid_client")

    @pytest.mark.parametrize("client_id", ["bot", "half", "push"])
    def test_only_clients_that_registered_grant_and_mode(self, app: Flask, client_id: str) -> None:
        refused(Backend(RelyingParty(app.test_client(), client_id)).post(), "unauthorized_client")

    def test_no_client_that_registered_itself(
        self, app: Flask, store: Store, registered: Client
    ) -> None:
        with store.write() as tx:
            bank = tx.clients.get("bank")
            assert bank is not None
            tx.clients.add(replace(bank, id="stranger", source=DYNAMIC))
        stranger = Backend(RelyingParty(app.test_client(), "stranger"))
        refused(stranger.post(), "unauthorized_client")

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
    def test_what_is_refused(self, bank: Backend, case: dict[str, Any]) -> None:
        rejected(bank, case["error"], **case["sent"])

    def test_a_binding_message_in_words(self, bank: Backend) -> None:
        for message in ("W4SCT " + "m" * 94, "Überweisung 12 €, Ladebühne 7", "振込 ¥1000"):
            assert bank.post(binding_message=message).status_code == 200

    def test_a_parameter_twice(self, bank: Backend) -> None:
        body = {"scope": ["openid", "openid"], "login_hint": "ada"}
        address = "/oauth/backchannel-authentication"
        answer = bank.rp.browser.post(address, data=body, headers=bank.rp.basic())
        assert answer.get_json()["error"] == "invalid_request"

    def test_requested_expiry_is_bounded(self, bank: Backend) -> None:
        assert bank.ask(requested_expiry="30")["expires_in"] == 30
        assert bank.ask(requested_expiry="86400")["expires_in"] == 300

    def test_what_is_not_known_is_ignored(self, bank: Backend) -> None:
        assert bank.post(user_code="1234", colour="blue").status_code == 200

    @pytest.mark.parametrize("token", [None, "", "with spaces", "ü", "a" * 1025])
    def test_a_client_that_is_pinged_sends_a_token(self, shop: Backend, token: str | None) -> None:
        rejected(shop, "invalid_request", client_notification_token=token)
        assert shop.post(client_notification_token="a" * 1024).status_code == 200

    def test_metadata(self, bank: Backend) -> None:
        said = bank.rp.browser.get("/.well-known/openid-configuration").get_json()
        address = f"{ISSUER}/oauth/backchannel-authentication"
        assert said["backchannel_authentication_endpoint"] == address
        assert said["backchannel_token_delivery_modes_supported"] == ["poll", "ping"]
        assert said["backchannel_user_code_parameter_supported"] is False
        assert "backchannel_authentication_request_signing_alg_values_supported" not in said
        assert GRANT_TYPE in said["grant_types_supported"]


class TestWho:
    """A client learns nothing of who is here, who can be reached, and who has refused."""

    @pytest.mark.parametrize("hint", ["ada", " ADA", "ada@example.org"])
    def test_a_person_by_name_or_address(self, bank: Backend, phone: Phone, hint: str) -> None:
        taken = bank.ask(login_hint=hint)
        assert taken["binding_number"] in phone.numbers

    def test_a_person_by_their_id_token(
        self, bank: Backend, phone: Phone, clock: FakeClock
    ) -> None:
        token = bank.rp.tokens(scope="openid")["id_token"]
        clock.advance(timedelta(minutes=10))
        taken = bank.ask(login_hint=None, id_token_hint=token)
        assert taken["binding_number"] in phone.numbers

    def test_a_person_by_a_pairwise_id_token(
        self, app: Flask, registered: Client, store: Store, phone: Phone
    ) -> None:
        with store.write() as tx:
            bank = tx.clients.get("bank")
            assert bank is not None
            private = replace(bank.metadata, subject_type="pairwise")
            tx.clients.add(replace(bank, id="private", metadata=private))
        backend = Backend(RelyingParty(app.test_client(), "private"))
        token = backend.rp.tokens(scope="openid")["id_token"]
        taken = backend.ask(login_hint=None, id_token_hint=token)
        assert taken["binding_number"] in phone.numbers

    def test_the_id_token_of_another_client_is_none(self, bank: Backend, rp: RelyingParty) -> None:
        token = rp.tokens(scope="openid")["id_token"]
        rejected(bank, "invalid_request", login_hint=None, id_token_hint=token)

    def test_an_id_token_without_its_signature_is_none(self, bank: Backend) -> None:
        claims = bank.rp.tokens(scope="openid")["id_token"].split(".")[1]
        header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
        hint = f"{header}.{claims}."
        rejected(bank, "invalid_request", login_hint=None, id_token_hint=hint)

    def test_unknown_unreachable_and_refusing_look_alike(
        self, bank: Backend, phone: Phone, store: Store, clock: FakeClock
    ) -> None:
        with store.write() as tx:
            tx.accounts.add("bob")
            gone = tx.accounts.add("gone")
            tx.accounts.set_disabled(gone.id, True)
        phone.match("00" if bank.ask() else "")
        answers = {hint: bank.post(login_hint=hint) for hint in ("ada", "bob", "gone", "nobody")}
        sizes = {len(answer.data) for answer in answers.values()}
        assert len(sizes) == 1
        assert {answer.status_code for answer in answers.values()} == {200}
        for answer in answers.values():
            bank.taken = answer.get_json()
            refused(bank.poll(), "authorization_pending")
        assert phone.numbers == []
        clock.advance(timedelta(minutes=2))
        refused(bank.poll(), "expired_token")


class TestPolling:
    def test_pending_then_tokens(
        self, bank: Backend, phone: Phone, account: Account, store: Store, clock: FakeClock
    ) -> None:
        taken = bank.ask(scope="openid offline_access transfer")
        refused(bank.poll(), "authorization_pending")
        assert phone.decide(taken["binding_number"]).status_code == 200
        answer = bank.poll()
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        body = answer.get_json()
        assert body["scope"] == "openid offline_access transfer"
        read = jwt.decode(body["id_token"], KeyRing(store, clock).public(), algorithms=["ES256"])
        assert (read.claims["sub"], read.claims["aud"]) == (account.id, "bank")
        assert "urn:openid:params:jwt:claim:auth_req_id" not in read.claims
        assert bank.rp.refresh(body["refresh_token"]).status_code == 200

    def test_too_fast_is_told_to_slow_down(self, bank: Backend, clock: FakeClock) -> None:
        bank.ask()
        refused(bank.poll(), "authorization_pending")
        clock.advance(4 * SECOND)
        refused(bank.poll(), "slow_down")
        clock.advance(10 * SECOND)
        refused(bank.poll(), "authorization_pending")

    def test_expired(self, bank: Backend, phone: Phone, clock: FakeClock) -> None:
        bank.ask()
        clock.advance(timedelta(minutes=2))
        refused(bank.poll(), "expired_token")
        assert phone.numbers == []

    def test_another_client_cannot_poll(self, bank: Backend, shop: Backend, phone: Phone) -> None:
        phone.decide(bank.ask()["binding_number"])
        shop.taken = bank.taken
        refused(shop.poll(), "invalid_grant")
        assert bank.poll().status_code == 200

    def test_unknown_and_missing_ids(self, bank: Backend, phone: Phone) -> None:
        bank.ask()
        refused(bank.poll(auth_req_id="another"), "invalid_grant")
        refused(bank.poll(auth_req_id=phone.waits), "invalid_grant")
        assert bank.poll(auth_req_id=None).get_json()["error"] == "invalid_request"

    def test_a_second_use_revokes_what_the_first_one_issued(
        self, bank: Backend, phone: Phone
    ) -> None:
        phone.decide(bank.ask()["binding_number"])
        body = bank.poll().get_json()
        refused(bank.poll(), "invalid_grant")
        assert bank.rp.userinfo(body["access_token"]).status_code == 401

    def test_the_end_of_the_session_ends_an_approval(
        self, bank: Backend, phone: Phone, visitor: Visitor, store: Store
    ) -> None:
        phone.decide(bank.ask()["binding_number"])
        assert visitor.assurance is not None
        with store.write() as tx:
            tx.grants.revoke_session(visitor.assurance.sid)
        refused(bank.poll(), "access_denied")
