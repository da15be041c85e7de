"""Refresh by the policy of the client (RFC 9449, section 5; RFC 9700, section 4.14.2; FAPI 2.0)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from gateway import oidc
from gateway.oidc.clients.registered import RegisteredClient
from gateway.oidc.token.redemption import Redemption, Sender
from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.issued.test_revocation import introspect
from tests.gateway.oidc.prover import BOUND, Prover
from tests.gateway.oidc.relying_party import RelyingParty, refused
from tests.gateway.oidc.test_once import MANY, at_once


def events(store: Store) -> list[str]:
    with store.read() as tx:
        return [record.event for record in tx.audit.list(1000)]


class TestPublic:
    """Its refresh tokens rotate and are bound to the key of the code's exchange."""

    def test_every_use_rotates(self, native: RelyingParty, prover: Prover) -> None:
        first = prover.tokens(native)["refresh_token"]
        second = prover.refresh(native, first).get_json()["refresh_token"]
        assert second != first
        assert prover.refresh(native, second).status_code == 200

    def test_only_the_key_that_was_proven_refreshes(
        self, native: RelyingParty, prover: Prover, clock: FakeClock
    ) -> None:
        token = prover.tokens(native)["refresh_token"]
        refused(native.refresh(token), "invalid_grant")
        refused(Prover(clock).refresh(native, token), "invalid_grant")
        assert prover.refresh(native, token).status_code == 200, "a thief ends nothing"

    def test_a_bearer_grant_does_not_become_a_bound_one(
        self, native: RelyingParty, prover: Prover
    ) -> None:
        token = native.tokens()["refresh_token"]
        body = prover.refresh(native, token).get_json()
        assert body["token_type"] == "DPoP"
        assert native.refresh(body["refresh_token"]).get_json()["token_type"] == "Bearer"

    def test_another_client_learns_nothing_and_ends_nothing(
        self, native: RelyingParty, prover: Prover, rp: RelyingParty
    ) -> None:
        token = prover.tokens(native)["refresh_token"]
        refused(prover.refresh(rp, token), "invalid_grant")
        assert prover.refresh(native, token).status_code == 200

    def test_scope_only_narrows_and_a_wrong_one_consumes_nothing(
        self, native: RelyingParty, prover: Prover
    ) -> None:
        token = prover.tokens(native)["refresh_token"]
        refused(prover.refresh(native, token, scope="openid transfer"), "invalid_scope")
        assert prover.refresh(native, token, scope="openid").get_json()["scope"] == "openid"

    def test_introspection_does_not_speak_of_it_to_others(
        self, native: RelyingParty, prover: Prover, rp: RelyingParty
    ) -> None:
        token = prover.tokens(native)["refresh_token"]
        assert introspect(rp, token) == {"active": False}


class TestGrace:
    """The answer may be lost: whoever holds the key may ask again for ten seconds."""

    def test_the_same_successor(
        self, native: RelyingParty, prover: Prover, clock: FakeClock, store: Store
    ) -> None:
        old = prover.tokens(native)["refresh_token"]
        first = prover.refresh(native, old).get_json()
        clock.advance(timedelta(seconds=9))
        again = prover.refresh(native, old).get_json()
        assert again["refresh_token"] == first["refresh_token"]
        assert again["access_token"] != first["access_token"]
        assert prover.refresh(native, again["refresh_token"]).status_code == 200
        assert events(store).count("refresh_token.repeated") == 1

    def test_it_needs_a_new_proof(self, native: RelyingParty, prover: Prover) -> None:
        old = prover.tokens(native)["refresh_token"]
        body = {"grant_type": "refresh_token", "refresh_token": old, "client_id": "quick"}
        proof = prover.headers()
        first, second = (
            native.browser.post("/oauth/token", data=body, headers=proof) for _ in range(2)
        )
        assert first.status_code == 200
        refused(second, "invalid_dpop_proof")

    @pytest.mark.parametrize("why", ["late", "another key", "no key", "another client", "used"])
    def test_anything_else_is_reuse(
        self,
        native: RelyingParty,
        prover: Prover,
        clock: FakeClock,
        store: Store,
        rp: RelyingParty,
        why: str,
    ) -> None:
        old = prover.tokens(native)["refresh_token"]
        newest = prover.refresh(native, old).get_json()["refresh_token"]
        if why == "late":
            clock.advance(timedelta(seconds=10))
        if why == "used":
            newest = prover.refresh(native, newest).get_json()["refresh_token"]
        answers = {
            "another key": lambda: Prover(clock).refresh(native, old),
            "no key": lambda: native.refresh(old),
            "another client": lambda: prover.refresh(rp, old),
        }
        refused(answers.get(why, lambda: prover.refresh(native, old))(), "invalid_grant")
        refused(prover.refresh(native, newest), "invalid_grant")
        assert "refresh_token.reused" in events(store)

    def test_bearer_tokens_have_none(self, native: RelyingParty) -> None:
        old = native.tokens()["refresh_token"]
        newest = native.refresh(old).get_json()["refresh_token"]
        refused(native.refresh(old), "invalid_grant")
        refused(native.refresh(newest), "invalid_grant")

    def test_a_crash_between_commit_and_answer_is_healed(
        self,
        native: RelyingParty,
        prover: Prover,
        store: Store,
        settings: oidc.ProviderSettings,
        clock: FakeClock,
    ) -> None:
        """Whatever the worker that died had issued, another one issues again."""
        old = prover.tokens(native)["refresh_token"]
        with store.write() as tx:
            client = tx.clients.get("quick")
        assert client
        sender = Sender(RegisteredClient(client), prover.jkt)
        lost = Redemption(store, settings).refresh_token(old, sender, None)
        assert lost
        clock.advance(timedelta(seconds=3))
        healed = prover.refresh(native, old).get_json()["refresh_token"]
        assert healed == lost.login.refresh_token
        assert prover.refresh(native, healed).status_code == 200


class TestRaces:
    def test_of_bearer_tokens_one_wins(self, app: Flask, native: RelyingParty) -> None:
        token = native.tokens()["refresh_token"]
        answers = at_once(app, native, lambda mine: mine.refresh(token))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 400: MANY - 1}

    def test_of_bound_ones_all_get_one_successor(
        self, app: Flask, native: RelyingParty, prover: Prover
    ) -> None:
        token = prover.tokens(native)["refresh_token"]
        answers = at_once(app, native, lambda mine: prover.refresh(mine, token))
        assert {answer.status_code for answer in answers} == {200}
        [successor] = {answer.get_json()["refresh_token"] for answer in answers}
        assert prover.refresh(native, successor).status_code == 200


class TestConfidential:
    def test_who_proves_possession_keeps_one_token(
        self, bound: RelyingParty, prover: Prover, store: Store
    ) -> None:
        token = prover.tokens(bound)["refresh_token"]
        for _ in range(3):
            assert prover.refresh(bound, token).get_json()["refresh_token"] == token
        assert "refresh_token.rotated" not in events(store)

    def test_it_may_change_its_key(
        self, bound: RelyingParty, prover: Prover, clock: FakeClock
    ) -> None:
        """RFC 9449, section 5: its authentication is what binds its refresh tokens."""
        token = prover.tokens(bound)["refresh_token"]
        assert Prover(clock).refresh(bound, token).status_code == 200

    def test_without_a_proof_there_is_no_refresh(self, bound: RelyingParty, prover: Prover) -> None:
        token = prover.tokens(bound)["refresh_token"]
        assert bound.refresh(token).get_json()["error"] == "invalid_request"
        assert prover.refresh(bound, token).status_code == 200

    def test_last_use_moves_the_idle_end(
        self, bound: RelyingParty, prover: Prover, clock: FakeClock
    ) -> None:
        token = prover.tokens(bound)["refresh_token"]
        for _ in range(3):
            clock.advance(timedelta(minutes=59))
            assert prover.refresh(bound, token).status_code == 200
        clock.advance(timedelta(hours=1))
        refused(prover.refresh(bound, token), "invalid_grant")

    def test_the_grant_ends_all(
        self, bound: RelyingParty, prover: Prover, clock: FakeClock
    ) -> None:
        token = prover.tokens(bound)["refresh_token"]
        for _ in range(24):
            clock.advance(timedelta(minutes=59))
            assert prover.refresh(bound, token).status_code == 200
        clock.advance(timedelta(minutes=24))
        refused(prover.refresh(bound, token), "invalid_grant")

    def test_scope_only_narrows(self, bound: RelyingParty, prover: Prover) -> None:
        token = prover.tokens(bound)["refresh_token"]
        refused(prover.refresh(bound, token, scope="openid transfer"), "invalid_scope")
        assert prover.refresh(bound, token, scope="openid").get_json()["scope"] == "openid"

    def test_one_with_bearer_tokens_rotates(self, rp: RelyingParty) -> None:
        first = rp.tokens()["refresh_token"]
        assert rp.refresh(first).get_json()["refresh_token"] != first

    def test_a_changed_policy_ends_the_rotation_where_it_stands(
        self, rp: RelyingParty, prover: Prover, store: Store, registered: Client, clock: FakeClock
    ) -> None:
        spent = rp.tokens()["refresh_token"]
        token = rp.refresh(spent).get_json()["refresh_token"]
        with store.write() as tx:
            tx.clients.put(replace(registered, metadata=BOUND))
        clock.advance(timedelta(seconds=2))
        assert prover.refresh(rp, token).get_json()["refresh_token"] == token
        refused(prover.refresh(rp, spent), "invalid_grant")
        refused(prover.refresh(rp, token), "invalid_grant")


def test_offline_access_is_not_enough_without_the_grant_type(
    app: Flask, store: Store, registered: Client
) -> None:
    only = ClientMetadata(grant_types=("authorization_code",))
    with store.write() as tx:
        tx.clients.add(replace(registered, id="brief", metadata=only))
    assert "refresh_token" not in RelyingParty(app.test_client(), "brief").tokens()
