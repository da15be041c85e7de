"""Token exchange: a narrower token for the next hop, by who may and for whom (RFC 8693)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.exchanges import Exchange, allow, forbid
from store import Store
from store.accounts import Account
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import RelyingParty, refused
from tests.gateway.oidc.resources.conftest import (
    BANK,
    LIBRARY,
    PAYMENT,
    Register,
    allowed,
    claims,
    introspected,
    posted,
    redeem,
)

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
AGENT = "https://agent.example"
Permit = Callable[..., None]


@pytest.fixture
def agent(register: Register, shop: RelyingParty, store: Store) -> RelyingParty:
    """A client that the shop's tokens are meant for, and that may call the library with them."""
    rp = register("agent", audience="https://api.bot.example")
    wanted = Exchange(actor="agent", client_id="shop", audience=(LIBRARY,), scope="read transfer")
    allow(store, wanted)
    return rp


def exchange(rp: RelyingParty, token: str, *resources: str, **changes: str | None) -> TestResponse:
    body = {
        "grant_type": GRANT,
        "subject_token": token,
        "subject_token_type": ACCESS,
        **changes,
    }
    pairs = [(name, value) for name, value in body.items() if value is not None]
    return posted(rp, [*pairs, *(("resource", uri) for uri in resources)])


def given(shop: RelyingParty, **changes: str | None) -> str:
    """Return a token that a person has let the shop have."""
    token: str = shop.tokens(scope="openid email read transfer", **changes)["access_token"]
    return token


def test_the_token_says_less_and_who_acts(
    agent: RelyingParty, shop: RelyingParty, account: Account, clock: FakeClock
) -> None:
    token = given(shop)
    answer = exchange(agent, token, LIBRARY)
    body, before = answer.get_json(), claims(shop, redeemed(shop))
    assert body["issued_token_type"] == ACCESS
    assert (body["token_type"], body["scope"]) == ("Bearer", "read")
    assert not {"refresh_token", "id_token"} & set(body)
    said = claims(agent, answer)
    assert (said["aud"], said["scope"], said["client_id"]) == (LIBRARY, "read", "agent")
    assert said["act"] == {"sub": "agent"}
    for same in ("sub", "acr", "amr", "auth_time"):
        assert said[same] == before[same]


def redeemed(shop: RelyingParty) -> TestResponse:
    return redeem(shop, shop.code())


def test_it_never_lives_longer(agent: RelyingParty, shop: RelyingParty, clock: FakeClock) -> None:
    token = given(shop)
    clock.advance(timedelta(seconds=200))
    answer = exchange(agent, token, LIBRARY)
    assert answer.get_json()["expires_in"] == 100


class TestPolicy:
    def test_denied_by_default(self, register: Register, shop: RelyingParty) -> None:
        stranger = register("stranger", audience="https://api.bot.example")
        refused(exchange(stranger, given(shop), LIBRARY), "unauthorized_client")

    def test_for_a_pair_of_clients(
        self, agent: RelyingParty, register: Register, shop: RelyingParty
    ) -> None:
        other = register("other")
        answer = exchange(agent, given(other), LIBRARY)
        assert answer.get_json()["error"] == "invalid_request"

    def test_forbidden_again(
        self, agent: RelyingParty, shop: RelyingParty, store: Store, clock: FakeClock
    ) -> None:
        forbid(store, "agent", "shop")
        clock.advance(timedelta(seconds=2))
        refused(exchange(agent, given(shop), LIBRARY), "unauthorized_client")

    @pytest.mark.parametrize("target", [BANK, "https://unknown.example", f"{LIBRARY}#x"])
    def test_for_named_audiences(
        self, agent: RelyingParty, shop: RelyingParty, target: str
    ) -> None:
        refused(exchange(agent, given(shop), target), "invalid_target")
        refused(exchange(agent, given(shop), audience=target), "invalid_target")

    def test_one_target(self, agent: RelyingParty, shop: RelyingParty) -> None:
        token = given(shop)
        refused(exchange(agent, token, LIBRARY, BANK), "invalid_target")
        refused(exchange(agent, token, LIBRARY, audience=BANK), "invalid_target")
        assert claims(agent, exchange(agent, token, audience=LIBRARY))["aud"] == LIBRARY
        assert claims(agent, exchange(agent, token))["aud"] == LIBRARY

    @pytest.mark.parametrize("scope", ["transfer", "openid", "read email", "admin"])
    def test_no_scope_beyond(self, agent: RelyingParty, shop: RelyingParty, scope: str) -> None:
        refused(exchange(agent, given(shop), LIBRARY, scope=scope), "invalid_scope")

    def test_no_scope_that_the_token_lacks(self, agent: RelyingParty, shop: RelyingParty) -> None:
        token = shop.tokens(scope="openid")["access_token"]
        refused(exchange(agent, token, LIBRARY, scope="read"), "invalid_scope")
        assert "scope" not in exchange(agent, token, LIBRARY).get_json()

    def test_not_for_public_clients(self, register: Register, store: Store) -> None:
        from contracts.errors import BadRequest

        register("public", secret_hash=None)
        register("shop2")
        with pytest.raises(BadRequest):
            allow(store, Exchange(actor="public", client_id="shop2", audience=(LIBRARY,)))
        with pytest.raises(BadRequest):
            allow(store, Exchange(actor="nobody", client_id="shop2", audience=(LIBRARY,)))


class TestSubject:
    def test_a_token_that_is_meant_for_another(
        self, register: Register, shop: RelyingParty, store: Store
    ) -> None:
        thief = register("thief", audience="https://thief.example")
        wanted = Exchange(actor="thief", client_id="shop", audience=(LIBRARY,), scope="read")
        allow(store, wanted)
        assert exchange(thief, given(shop), LIBRARY).get_json()["error"] == "invalid_request"

    @pytest.mark.parametrize("end", ["revoked", "expired", "disabled"])
    def test_a_token_that_stands_no_more(
        self,
        agent: RelyingParty,
        shop: RelyingParty,
        store: Store,
        account: Account,
        clock: FakeClock,
        end: str,
    ) -> None:
        token = given(shop)
        if end == "expired":
            clock.advance(timedelta(seconds=301))
        with store.write() as tx:
            if end == "revoked":
                tx.grants.revoke_account(account.id)
            if end == "disabled":
                tx.accounts.set_disabled(account.id, True)
        assert exchange(agent, token, LIBRARY).get_json()["error"] == "invalid_request"

    def test_what_is_no_access_token_of_a_person(
        self, agent: RelyingParty, shop: RelyingParty
    ) -> None:
        tokens = shop.tokens()
        own = shop.token(grant_type="client_credentials").get_json()["access_token"]
        for other in (tokens["refresh_token"], tokens["id_token"], own, "nonsense", "a.b.c"):
            assert exchange(agent, other, LIBRARY).get_json()["error"] == "invalid_request"

    @pytest.mark.parametrize(
        "changes",
        [
            {"subject_token": None},
            {"subject_token_type": None},
            {"subject_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
            {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
            {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
            {"requested_token_type": "urn:ietf:params:oauth:token-type:saml2"},
            {"actor_token": "x", "actor_token_type": ACCESS},
            {"actor_token_type": ACCESS},
        ],
    )
    def test_what_is_not_exchanged(
        self, agent: RelyingParty, shop: RelyingParty, changes: dict[str, str | None]
    ) -> None:
        answer = exchange(agent, given(shop), LIBRARY, **changes)
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")

    def test_a_jwt_is_an_access_token_here(self, agent: RelyingParty, shop: RelyingParty) -> None:
        jwt = "urn:ietf:params:oauth:token-type:jwt"
        asked = {"subject_token_type": jwt, "requested_token_type": ACCESS}
        assert exchange(agent, given(shop), LIBRARY, **asked).status_code == 200


def test_actors_are_a_chain_with_an_end(register: Register, store: Store, agent: Any) -> None:
    """The shop calls itself again and again: each hop is named, the fifth is a loop."""
    shop = register("loop", audience=LIBRARY)
    allow(store, Exchange(actor="loop", client_id="loop", audience=(LIBRARY,), scope="read"))
    token = shop.tokens(scope="openid read")["access_token"]
    for depth in range(1, 5):
        answer = exchange(shop, token, LIBRARY)
        act, actors = claims(shop, answer)["act"], 0
        while act:
            assert act["sub"] == "loop"
            actors, act = actors + 1, act.get("act")
        assert actors == depth
        token = answer.get_json()["access_token"]
    assert exchange(shop, token, LIBRARY).get_json()["error"] == "invalid_request"


class TestEnd:
    def test_it_ends_with_the_grant(
        self, agent: RelyingParty, shop: RelyingParty, register: Register, store: Store
    ) -> None:
        library = register("library", audience=LIBRARY)
        token = exchange(agent, given(shop), LIBRARY).get_json()["access_token"]
        assert introspected(library, token)["act"] == {"sub": "agent"}
        with store.write() as tx:
            tx.grants.revoke_session("s" * 32)
        assert introspected(library, token) == {"active": False}

    def test_whoever_exchanged_it_revokes_it_alone(
        self, agent: RelyingParty, shop: RelyingParty
    ) -> None:
        before = given(shop)
        token = exchange(agent, before, LIBRARY).get_json()["access_token"]
        data = {"token": token}
        done = agent.browser.post("/oauth/revoke", data=data, headers=agent.basic())
        assert done.status_code == 200
        assert introspected(agent, token) == {"active": False}
        assert introspected(shop, before)["active"]

    def test_it_is_in_the_trail(
        self, agent: RelyingParty, shop: RelyingParty, store: Store, account: Account
    ) -> None:
        exchange(agent, given(shop), LIBRARY)
        with store.read() as tx:
            newest = tx.audit.list(1)[0]
        assert (newest.event, newest.client_id) == ("token.exchanged", "agent")
        assert (newest.account_id, newest.detail["of"]) == (account.id, "shop")


class TestDetails:
    def test_only_those_of_the_resource_and_only_less(
        self, register: Register, shop: RelyingParty, store: Store
    ) -> None:
        rp = register("teller", audience="https://api.bot.example")
        allow(store, Exchange(actor="teller", client_id="shop", audience=(BANK, LIBRARY)))
        token = redeem(shop, allowed(shop, authorization_details=json.dumps([PAYMENT]))).get_json()[
            "access_token"
        ]
        bank = claims(rp, exchange(rp, token, BANK))
        assert bank["authorization_details"] == [PAYMENT]
        assert "authorization_details" not in claims(rp, exchange(rp, token, LIBRARY))
        more = json.dumps([{**PAYMENT, "creditor": "Eve"}])
        refused(
            exchange(rp, token, BANK, authorization_details=more), "invalid_authorization_details"
        )


class TestBinding:
    """A bound token never becomes a bearer token."""

    def ask(self, rp: RelyingParty, prover: Prover, token: str) -> TestResponse:
        asked = {"grant_type": GRANT, "subject_token": token, "subject_token_type": ACCESS}
        return prover.token(rp, **asked)

    def test_whom_it_is_meant_for_binds_it_to_a_key_of_their_own(
        self, agent: RelyingParty, shop: RelyingParty, clock: FakeClock
    ) -> None:
        token = Prover(clock).tokens(shop, scope="openid read")["access_token"]
        assert exchange(agent, token).get_json()["error"] == "invalid_request"
        own = Prover(clock)
        answer = self.ask(agent, own, token)
        assert answer.get_json()["token_type"] == "DPoP"
        assert claims(agent, answer)["cnf"] == {"jkt": own.jkt}

    def test_whom_it_was_issued_to_shows_its_key_again(
        self, shop: RelyingParty, store: Store, clock: FakeClock
    ) -> None:
        allow(store, Exchange(actor="shop", client_id="shop", audience=(LIBRARY,), scope="read"))
        prover = Prover(clock)
        token = prover.tokens(shop, scope="openid read")["access_token"]
        assert self.ask(shop, Prover(clock), token).get_json()["error"] == "invalid_request"
        assert claims(shop, self.ask(shop, prover, token))["cnf"] == {"jkt": prover.jkt}

    def test_a_bearer_token_may_become_a_bound_one(
        self, agent: RelyingParty, shop: RelyingParty, clock: FakeClock
    ) -> None:
        prover = Prover(clock)
        assert "cnf" in claims(agent, self.ask(agent, prover, given(shop)))
