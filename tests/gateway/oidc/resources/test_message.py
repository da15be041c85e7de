"""A person proves themselves for one message: shown, forgotten, and good for once."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from gateway.exchanges import Exchange, allow
from gateway.oidc.resources.types.message import required_acr
from store import Store
from store.accounts import Account
from store.models import metadata
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import RelyingParty, Visitor, answered, shown
from tests.gateway.oidc.resources.conftest import (
    BANK,
    LIBRARY,
    PAYMENT,
    Register,
    asking,
    claims,
    introspected,
    redeem,
)
from tests.gateway.oidc.resources.test_token_exchange import exchange
from tests.gateway.oidc.test_once import MANY, at_once

TEXT = "Transfer 4,200 € to <b>Bob</b>,\nand tell nobody."
KEPT = {
    "type": "message",
    "message_hash": base64.urlsafe_b64encode(hashlib.sha256(TEXT.encode()).digest())
    .rstrip(b"=")
    .decode(),
    "message_hash_alg": "sha-256",
}


def detail(text: str = TEXT) -> str:
    return json.dumps([{"type": "message", "message": text}])


@pytest.fixture
def hint(shop: RelyingParty) -> str:
    """An ID token of the session that the message comes from."""
    token: str = shop.tokens()["id_token"]
    return token


def push(rp: RelyingParty, hint: str | None, **changes: str | None) -> TestResponse:
    sent = {"scope": None, "authorization_details": detail(), "id_token_hint": hint, **changes}
    return rp.browser.post("/oauth/par", data=rp.parameters(**sent), headers=rp.basic())


def page(rp: RelyingParty, hint: str, **changes: str | None) -> str:
    """Push a request and bring the browser; return the address of what it comes to."""
    pushed = push(rp, hint, **changes)
    assert pushed.status_code == 201, pushed.text
    query = {"client_id": rp.client_id, "request_uri": pushed.get_json()["request_uri"]}
    arrived: str = rp.browser.get("/oauth/authorize", query_string=query).location
    return arrived


def confirmed(rp: RelyingParty, hint: str, **changes: str | None) -> TestResponse:
    """Confirm the message and return the answer of the token endpoint."""
    action = shown(rp, page(rp, hint, **changes))
    done = answered(rp.browser.post(action, data={"decision": "allow"}))
    return redeem(rp, done["code"])


class TestRequest:
    def test_not_through_the_browser(self, shop: RelyingParty, hint: str) -> None:
        """In an address the message would stay in histories and logs."""
        answer = answered(shop.authorize(authorization_details=detail(), id_token_hint=hint))
        assert answer["error"] == "invalid_authorization_details"
        assert "pushed" in answer["error_description"]

    def test_for_somebody(self, shop: RelyingParty, account: Account, hint: str) -> None:
        refused = push(shop, None)
        assert (refused.status_code, refused.get_json()["error"]) == (
            400,
            "invalid_authorization_details",
        )
        assert push(shop, hint).status_code == 201
        asked = json.dumps({"id_token": {"sub": {"value": account.id}}})
        assert push(shop, None, claims=asked).status_code == 201

    @pytest.mark.parametrize(
        "sent",
        [
            [{"type": "message", "message": "a"}, {"type": "message", "message": "b"}],
            [{"type": "message", "message": "a"}, PAYMENT],
            [{"type": "message", "message": "\u0000"}],
            [{"type": "message", "message": " "}],
            [{"type": "message", "message_hash": KEPT["message_hash"]}],
        ],
    )
    def test_one_message_in_full(self, shop: RelyingParty, hint: str, sent: list[Any]) -> None:
        answer = push(shop, hint, authorization_details=json.dumps(sent))
        assert answer.get_json()["error"] == "invalid_authorization_details"


class TestPage:
    def test_it_names_the_chatbot_and_shows_the_message_in_full(
        self, shop: RelyingParty, hint: str
    ) -> None:
        answer = shop.browser.get(page(shop, hint))
        assert answer.status_code == 200
        assert "Bot" in answer.text
        assert "Transfer 4,200 € to &lt;b&gt;Bob&lt;/b&gt;,\nand tell nobody." in answer.text
        assert answer.headers["Cache-Control"] == "no-store"

    def test_it_is_asked_each_time(self, shop: RelyingParty, hint: str) -> None:
        assert confirmed(shop, hint).status_code == 200
        assert shop.browser.get(page(shop, hint)).status_code == 200

    def test_a_refusal_goes_back(self, shop: RelyingParty, hint: str) -> None:
        denied = shop.browser.post(page(shop, hint), data={"decision": "deny"})
        assert answered(denied)["error"] == "access_denied"

    def test_not_without_a_page(self, shop: RelyingParty, hint: str) -> None:
        pushed = push(shop, hint, prompt="none").get_json()["request_uri"]
        query = {"client_id": "shop", "request_uri": pushed}
        answer = answered(shop.browser.get("/oauth/authorize", query_string=query))
        assert answer["error"] in {"login_required", "consent_required"}

    def test_nobody_else_confirms_it(
        self, shop: RelyingParty, hint: str, visitor: Visitor, store: Store, clock: FakeClock
    ) -> None:
        here = page(shop, hint)
        with store.write() as tx:
            eve = tx.accounts.add("eve")
        assert visitor.assurance
        visitor.assurance = replace(visitor.assurance, subject=eve.id, auth_time=clock.now())
        assert "4,200" not in shop.browser.get(here).text
        answer = answered(shop.browser.get(f"{here}/continue"))
        assert answer["error"] == "login_required"


class TestProof:
    def test_a_proof_from_before_does_not_count(
        self, shop: RelyingParty, hint: str, visitor: Visitor, clock: FakeClock
    ) -> None:
        clock.advance(timedelta(seconds=1))
        here = page(shop, hint)
        asked_at = clock.now()
        assert shop.browser.get(here).location == "/login/begun"
        requirement, _, _ = visitor.begun[-1]
        assert (requirement.required_acr, requirement.not_before) == ("mfa", asked_at)

    def test_one_factor_is_not_enough_whatever_the_clients_policy(
        self, shop: RelyingParty, hint: str, visitor: Visitor, clock: FakeClock
    ) -> None:
        assert visitor.assurance
        visitor.assurance = replace(visitor.assurance, acr="aal1", auth_time=clock.now())
        here = page(shop, hint)
        assert shop.browser.get(here).location == "/login/begun"
        done = answered(shop.browser.get(f"{here}/continue"))
        assert done["error"] == "unmet_authentication_requirements"

    @pytest.mark.parametrize(
        ("policy", "raised"),
        [
            ("aal1", "mfa"),
            ("aal1+face", "mfa+face"),
            ("mfa", "mfa"),
            ("mfa+voice", "mfa+voice"),
            ("aal2", "aal2"),
            ("phr", "phr"),
        ],
    )
    def test_a_policy_is_only_raised(self, policy: str, raised: str) -> None:
        assert required_acr(policy) == raised


class TestToken:
    def test_it_lives_seconds_and_says_for_which_message(
        self, shop: RelyingParty, hint: str
    ) -> None:
        answer = confirmed(shop, hint)
        body, said = answer.get_json(), claims(shop, answer)
        assert body["expires_in"] == said["exp"] - said["iat"] == 60
        assert body["authorization_details"] == said["authorization_details"] == [KEPT]
        assert said["acr"] == "mfa"
        assert not {"refresh_token", "id_token", "scope"} & set(body)

    def test_no_refresh_token_even_where_it_is_asked_for(
        self, shop: RelyingParty, hint: str
    ) -> None:
        body = confirmed(shop, hint, scope="openid offline_access").get_json()
        assert (body["scope"], "refresh_token" in body) == ("openid", False)

    def test_for_a_resource(self, shop: RelyingParty, hint: str) -> None:
        said = claims(shop, confirmed(shop, hint, resource=LIBRARY))
        assert (said["aud"], said["authorization_details"]) == (LIBRARY, [KEPT])

    def test_active_once(self, shop: RelyingParty, hint: str, register: Register) -> None:
        backend = register("backend", audience="https://api.bot.example")
        stranger = register("stranger", audience="https://stranger.example")
        token = confirmed(shop, hint).get_json()["access_token"]
        assert introspected(stranger, token) == {"active": False}
        assert introspected(backend, token)["authorization_details"] == [KEPT]
        for rp in (backend, shop, stranger):
            assert introspected(rp, token) == {"active": False}

    def test_one_that_was_spent_is_worth_nothing_anywhere(
        self, shop: RelyingParty, hint: str
    ) -> None:
        token = confirmed(shop, hint, scope="openid").get_json()["access_token"]
        assert shop.userinfo(token).status_code == 200
        assert introspected(shop, token)["active"]
        assert shop.userinfo(token).status_code == 401

    def test_active_once_for_fifty_at_a_time(
        self, app: Flask, shop: RelyingParty, hint: str
    ) -> None:
        token = confirmed(shop, hint).get_json()["access_token"]

        def ask(rp: RelyingParty) -> TestResponse:
            asked = {"data": {"token": token}, "headers": rp.basic()}
            return rp.browser.post("/oauth/introspect", **asked)

        found = Counter(answer.get_json()["active"] for answer in at_once(app, shop, ask))
        assert found == {True: 1, False: MANY - 1}

    def test_not_exchanged(self, shop: RelyingParty, hint: str, store: Store) -> None:
        allow(store, Exchange(actor="shop", client_id="shop", audience=(BANK,)))
        token = confirmed(shop, hint).get_json()["access_token"]
        answer = exchange(shop, token, BANK).get_json()
        assert answer["error"] in {"invalid_request", "unauthorized_client"}


def everything(store: Store) -> str:
    """Return all that the database says, as text."""
    with store.database.read() as connection:
        rows = [connection.execute(select(t)).all() for t in metadata.sorted_tables]
    return repr(rows)


def shapes(text: str) -> list[str]:
    raw = text.encode()
    escaped = json.dumps(text)[1:-1]
    return [text, escaped, raw.hex(), base64.b64encode(raw).decode()[:-4], repr(raw)[2:-1]]


@pytest.mark.parametrize("decision", ["allow", "deny", None])
def test_the_text_is_never_to_be_read_and_gone_when_all_is_over(
    shop: RelyingParty, hint: str, store: Store, clock: FakeClock, decision: str | None
) -> None:
    before = everything(store)
    here = page(shop, hint)
    waiting = everything(store)
    assert len(waiting) > len(before)
    if decision is None:
        clock.advance(timedelta(hours=1))
        with store.write() as tx:
            tx.retention.purge(clock.now())
    else:
        action = shown(shop, here)
        done = answered(shop.browser.post(action, data={"decision": decision}))
        if decision == "allow":
            redeem(shop, done["code"])
    over = everything(store)
    for shape in [part for line in TEXT.split("\n") for part in shapes(line)]:
        assert shape not in waiting
        assert shape not in over
    with store.database.read() as connection:
        for name in ("interactions", "pushed_requests"):
            assert connection.execute(select(metadata.tables[name])).all() == []
    assert (KEPT["message_hash"] in over) is (decision == "allow")


def test_nothing_of_the_message_is_kept_longer_than_its_grant(
    shop: RelyingParty, hint: str, store: Store, clock: FakeClock
) -> None:
    confirmed(shop, hint)
    clock.advance(timedelta(minutes=2))
    with store.write() as tx:
        tx.retention.purge(clock.now())
    assert KEPT["message_hash"] not in everything(store)


def test_a_message_through_a_resource_that_is_named_in_the_browser(shop: RelyingParty) -> None:
    assert answered(asking(shop, BANK, authorization_details=detail()))["error"] == (
        "invalid_authorization_details"
    )
