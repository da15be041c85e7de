"""Which person may answer: `id_token_hint`, `prompt=select_account`, `login_hint`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from joserfc import jwt

from store import Store
from store.accounts import Account
from store.client_metadata import ClientMetadata
from store.clients import Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.forging import private_key
from tests.gateway.oidc.relying_party import (
    ISSUER,
    RelyingParty,
    Visitor,
    answered,
    claims_of,
)
from tests.walks.forms import read


@pytest.fixture
def other(store: Store) -> Account:
    with store.write() as tx:
        return tx.accounts.add("bob")


def become(visitor: Visitor, account: Account, clock: FakeClock) -> None:
    assert visitor.assurance
    visitor.assurance = replace(
        visitor.assurance, subject=account.id, sid="o" * 32, auth_time=clock.now()
    )


def forged(store: Store, typ: str = "JWT", alg: str = "ES256", **changes: object) -> str:
    key = private_key(store, alg)
    claims = {
        **{"iss": ISSUER, "sub": "x", "aud": "bot", "exp": 1, "iat": 0, "auth_time": 0},
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key.kid, "typ": typ}, kept, key)


class TestHint:
    def test_of_the_person_who_is_there_is_answered(self, rp: RelyingParty) -> None:
        hint = rp.tokens()["id_token"]
        assert "code" in answered(rp.authorize(id_token_hint=hint, prompt="none"))

    def test_is_good_for_long_after_it_expired(self, rp: RelyingParty, clock: FakeClock) -> None:
        hint = rp.tokens()["id_token"]
        clock.advance(timedelta(days=30))
        assert "code" in answered(rp.authorize(id_token_hint=hint, prompt="none"))

    def test_of_another_person_is_login_required_where_no_page_may_be_shown(
        self, rp: RelyingParty, visitor: Visitor, other: Account, clock: FakeClock
    ) -> None:
        hint = rp.tokens()["id_token"]
        become(visitor, other, clock)
        answer = answered(rp.authorize(id_token_hint=hint, prompt="none"))
        assert answer["error"] == "login_required"

    def test_of_another_person_lets_this_one_leave(
        self, rp: RelyingParty, visitor: Visitor, other: Account, clock: FakeClock
    ) -> None:
        hint, ada = rp.tokens()["id_token"], visitor.assurance
        become(visitor, other, clock)
        page = rp.authorize(id_token_hint=hint)
        [form] = [f for f in read(page.text) if f.action.startswith("/oauth/")]
        assert "Go on as" not in form.text
        gone = rp.browser.post(form.action, data={"account": "other"})
        assert (gone.status_code, gone.location) == (303, "/login/begun")
        assert visitor.assurance is None
        visitor.assurance = ada
        assert "code" in answered(rp.browser.get(visitor.begun[0][1]))

    def test_is_not_answered_by_whoever_logs_in_instead(
        self, rp: RelyingParty, visitor: Visitor, other: Account, clock: FakeClock
    ) -> None:
        hint, ada = rp.tokens()["id_token"], visitor.assurance
        visitor.assurance = None
        assert rp.authorize(id_token_hint=hint).location == "/login/begun"
        visitor.assurance = ada
        become(visitor, other, clock)
        answer = answered(rp.browser.get(visitor.begun[0][1]))
        assert answer["error"] == "login_required"

    def test_binds_the_consent_too(
        self, rp: RelyingParty, visitor: Visitor, other: Account, clock: FakeClock
    ) -> None:
        hint = claims_of(rp.tokens()["id_token"])["sub"]
        become(visitor, other, clock)
        claims = json.dumps({"id_token": {"sub": {"value": hint}}})
        sent = rp.parameters(claims=claims, client_id="asks")
        kept = rp.browser.get("/oauth/authorize", query_string=sent).location
        answer = rp.browser.post(f"{kept}?sid={'o' * 32}", data={"decision": "allow"})
        assert (answer.status_code, answer.location) == (303, kept)

    def test_of_a_pairwise_subject(
        self,
        rp: RelyingParty,
        store: Store,
        registered: Client,
        visitor: Visitor,
        other: Account,
        clock: FakeClock,
    ) -> None:
        pairwise = ClientMetadata(subject_type="pairwise")
        with store.write() as tx:
            tx.clients.add(replace(registered, id="apart", metadata=pairwise))
        apart = replace(rp, client_id="apart")
        hint = apart.tokens()["id_token"]
        assert visitor.assurance
        assert claims_of(hint)["sub"] != visitor.assurance.subject
        assert "code" in answered(apart.authorize(id_token_hint=hint, prompt="none"))
        become(visitor, other, clock)
        answer = answered(apart.authorize(id_token_hint=hint, prompt="none"))
        assert answer["error"] == "login_required"

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "https://evil.example"},
            {"iss": ISSUER + "/"},
            {"aud": "legacy"},
            {"aud": ["legacy", "quick"]},
            {"typ": "at+jwt"},
            {"typ": "logout+jwt"},
            {"auth_time": None},
        ],
    )
    def test_that_is_no_id_token_of_ours_for_this_client_is_refused(
        self, rp: RelyingParty, store: Store, changes: dict[str, str]
    ) -> None:
        answer = answered(rp.authorize(id_token_hint=forged(store, **changes)))
        assert answer["error"] == "invalid_request"

    def test_of_a_stranger_s_key_is_refused(self, rp: RelyingParty) -> None:
        head, claims, signature = rp.tokens()["id_token"].split(".")
        swapped = signature[:-8] + ("A" * 8 if signature[-8:] != "A" * 8 else "B" * 8)
        for hint in (f"{head}.{claims}.{swapped}", f"{head}.{claims}.", "e30.e30."):
            assert answered(rp.authorize(id_token_hint=hint))["error"] == "invalid_request"

    def test_of_one_person_with_the_claims_of_another_is_refused(self, rp: RelyingParty) -> None:
        hint = rp.tokens()["id_token"]
        claims = '{"id_token": {"sub": {"value": "somebody"}}}'
        answer = answered(rp.authorize(id_token_hint=hint, claims=claims))
        assert answer["error"] == "invalid_request"


class TestSelectAccount:
    def test_shows_who_is_there_and_goes_on_as_them(
        self, rp: RelyingParty, visitor: Visitor
    ) -> None:
        page = rp.authorize(prompt="select_account")
        assert page.status_code == 200
        assert "ada" in page.text
        [form] = [f for f in read(page.text) if f.action.startswith("/oauth/")]
        chosen = rp.browser.post(form.action, data={"account": "same"})
        assert chosen.status_code == 303
        assert "code" in answered(rp.browser.get(chosen.location))
        assert visitor.begun == []

    def test_lets_somebody_else_log_in(
        self, rp: RelyingParty, visitor: Visitor, other: Account, clock: FakeClock
    ) -> None:
        page, ada = rp.authorize(prompt="select_account"), visitor.assurance
        [form] = [f for f in read(page.text) if f.action.startswith("/oauth/")]
        rp.browser.post(form.action, data={"account": "other"})
        assert visitor.assurance is None
        visitor.assurance = ada
        become(visitor, other, clock)
        code = answered(rp.browser.get(visitor.begun[0][1]))["code"]
        body = rp.exchange(code).get_json()
        assert claims_of(body["id_token"])["sub"] == other.id

    def test_begins_a_login_where_nobody_is_there(self, rp: RelyingParty, visitor: Visitor) -> None:
        visitor.assurance = None
        assert rp.authorize(prompt="select_account").location == "/login/begun"

    def test_and_login_asks_both(
        self, rp: RelyingParty, visitor: Visitor, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(seconds=1))
        page = rp.authorize(prompt="login select_account")
        [form] = [f for f in read(page.text) if f.action.startswith("/oauth/")]
        chosen = rp.browser.post(form.action, data={"account": "same"})
        assert rp.browser.get(chosen.location).location == "/login/begun"

    def test_a_choice_made_for_another_session_does_not_count(self, rp: RelyingParty) -> None:
        sent = rp.parameters(prompt="select_account")
        kept = rp.browser.get("/oauth/authorize", query_string=sent).location
        assert rp.browser.get(f"{kept}?account={'x' * 32}").status_code == 200

    def test_the_page_may_end_at_the_client_and_is_not_kept(self, rp: RelyingParty) -> None:
        page = rp.authorize(prompt="select_account")
        assert page.headers["Cache-Control"] == "no-store"

    def test_leaving_is_access_denied(self, rp: RelyingParty) -> None:
        sent = rp.parameters(prompt="select_account")
        kept = urlsplit(rp.browser.get("/oauth/authorize", query_string=sent).location).path
        assert f'href="{kept}/cancel"' in rp.browser.get(kept).text
        assert answered(rp.browser.get(f"{kept}/cancel"))["error"] == "access_denied"
