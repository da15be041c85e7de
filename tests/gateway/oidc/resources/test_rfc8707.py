"""Resource indicators: whom a token is for, and how little it says to them (RFC 8707)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from contracts.clock import Clock
from store import Client, Store
from store.client_metadata import ClientMetadata
from store.clients import DYNAMIC
from store.resources import Resource
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import REDIRECT, RelyingParty, answered, refused
from tests.gateway.oidc.resources.conftest import (
    BANK,
    LIBRARY,
    Register,
    asking,
    claims,
    introspected,
    posted,
    redeem,
)


class TestAuthorize:
    @pytest.mark.parametrize(
        "resource",
        [
            "https://unknown.example",
            f"{BANK}/",
            BANK.upper(),
            f"{BANK}#part",
            f"{BANK}#",
            "/api",
            "bank",
            "https://bank.example/ api",
            "javascript:alert(1)",
            "https://" + "x" * 250,
        ],
    )
    def test_what_is_unknown_or_malformed(self, shop: RelyingParty, resource: str) -> None:
        assert answered(asking(shop, resource))["error"] == "invalid_target"

    def test_one_of_two_is_enough_to_refuse(self, shop: RelyingParty) -> None:
        assert answered(asking(shop, BANK, "https://unknown.example"))["error"] == "invalid_target"

    def test_no_more_than_ten(self, shop: RelyingParty) -> None:
        assert answered(asking(shop, *[BANK] * 11))["error"] == "invalid_target"

    def test_what_is_not_open_to_the_client(self, register: Register) -> None:
        rp = register("poor", metadata=ClientMetadata())
        assert answered(asking(rp, BANK))["error"] == "invalid_target"
        assert answered(asking(rp, LIBRARY))["error"] == "invalid_target"

    @pytest.mark.parametrize("source", ["dynamic", "document"])
    def test_open_to_clients_that_no_operator_registered(
        self, register: Register, source: str
    ) -> None:
        rp = register("stranger", metadata=ClientMetadata(), source=source)
        assert "error=invalid_target" in asking(rp, BANK).text
        assert asking(rp, LIBRARY).status_code in {200, 303}

    def test_the_person_is_told(self, shop: RelyingParty) -> None:
        page = asking(shop, BANK, LIBRARY, prompt="consent").text
        assert "This is for The Bank and The Library." in re.sub("<[^>]+>", "", page)

    def test_each_resource_is_consented_to(self, register: Register) -> None:
        rp = register("asks2", consent=True)
        for resources in ((BANK,), (LIBRARY,)):
            page = asking(rp, *resources)
            assert page.status_code == 200
            action = page.text.split('action="')[1].split('"')[0]
            assert "code" in answered(rp.browser.post(action, data={"decision": "allow"}))
        assert "code" in answered(asking(rp, BANK, LIBRARY))
        assert "code" in answered(asking(rp))

    def test_more_scope_than_can_be_remembered(
        self, app: Flask, store: Store, registered: Client, clock: Clock
    ) -> None:
        """What several resources understand together has no end; the database has one."""
        scopes = [" ".join(f"{name}:{number:03}" for number in range(50)) for name in "ab"]
        uris = ["https://a.example/", "https://b.example/"]
        with store.write() as tx:
            tx.clients.add(replace(registered, id="dynamic", source=DYNAMIC))
            for uri, scope in zip(uris, scopes, strict=True):
                tx.resources.add(Resource(uri, uri, scope[:255].strip(), True, clock.now()))
        rp = RelyingParty(app.test_client(), "dynamic")
        answer = asking(rp, *uris, scope=" ".join(scopes))
        assert "error=invalid_scope" in answer.text

    def test_what_was_allowed_at_one_is_not_allowed_at_another(self, register: Register) -> None:
        rp = register("asks3", consent=True)
        for resource, scope in ((BANK, "openid"), (LIBRARY, "openid transfer")):
            page = asking(rp, resource, scope=scope)
            action = page.text.split('action="')[1].split('"')[0]
            assert "code" in answered(rp.browser.post(action, data={"decision": "allow"}))
        assert "code" in answered(asking(rp, BANK, scope="openid"))
        assert asking(rp, BANK, scope="openid transfer").status_code == 200


class TestToken:
    def test_the_token_is_for_the_resource_and_says_what_it_understands(
        self, shop: RelyingParty
    ) -> None:
        code = answered(asking(shop, BANK, scope="openid email transfer"))["code"]
        answer = redeem(shop, code, BANK)
        assert claims(shop, answer)["aud"] == BANK
        assert claims(shop, answer)["scope"] == answer.get_json()["scope"] == "transfer"
        assert answer.get_json()["id_token"]
        assert shop.userinfo(answer.get_json()["access_token"]).status_code == 403

    def test_who_received_it_learns_nothing_more_of_the_person(self, shop: RelyingParty) -> None:
        """A token for a resource that understands `openid` is not for the UserInfo endpoint."""
        code = answered(asking(shop, LIBRARY, scope="openid email read"))["code"]
        answer = redeem(shop, code, LIBRARY)
        assert claims(shop, answer)["scope"] == "openid read"
        found = shop.userinfo(answer.get_json()["access_token"])
        assert (found.status_code, found.get_json()) == (401, {"error": "invalid_token"})

    def test_one_that_was_granted_need_not_be_named_again(self, shop: RelyingParty) -> None:
        code = answered(asking(shop, BANK))["code"]
        assert claims(shop, redeem(shop, code))["aud"] == BANK

    def test_without_any_the_audience_is_the_clients_own(self, shop: RelyingParty) -> None:
        body = claims(shop, redeem(shop, shop.code()))
        assert body["aud"] == "https://api.bot.example"

    def test_each_token_has_one_audience(self, shop: RelyingParty) -> None:
        code = answered(asking(shop, BANK, LIBRARY))["code"]
        refused(redeem(shop, code), "invalid_target")
        refused(redeem(shop, code, BANK, LIBRARY), "invalid_target")
        assert claims(shop, redeem(shop, code, LIBRARY))["aud"] == LIBRARY

    @pytest.mark.parametrize("other", [LIBRARY, "https://unknown.example", "", "#"])
    def test_nothing_beyond_what_was_granted(self, shop: RelyingParty, other: str) -> None:
        code = answered(asking(shop, BANK))["code"]
        if other:
            refused(redeem(shop, code, other), "invalid_target")
        assert claims(shop, redeem(shop, code, BANK))["aud"] == BANK

    def test_nothing_where_nothing_was_granted(self, shop: RelyingParty) -> None:
        refused(redeem(shop, shop.code(), BANK), "invalid_target")

    def test_a_refresh_chooses_among_what_was_granted(self, shop: RelyingParty) -> None:
        code = answered(asking(shop, BANK, LIBRARY))["code"]
        token = redeem(shop, code, BANK).get_json()["refresh_token"]
        refused(shop.refresh(token), "invalid_target")
        refused(shop.refresh(token, resource="https://unknown.example"), "invalid_target")
        answer = shop.refresh(token, resource=LIBRARY)
        assert claims(shop, answer)["aud"] == LIBRARY
        assert claims(shop, answer)["scope"] == "openid"

    def test_a_resource_that_was_removed(
        self, shop: RelyingParty, store: Store, clock: FakeClock
    ) -> None:
        code = answered(asking(shop, BANK))["code"]
        with store.write() as tx:
            tx.resources.remove(BANK)
        clock.advance(timedelta(seconds=2))
        refused(redeem(shop, code), "invalid_target")

    def test_no_other_parameter_is_repeated(self, shop: RelyingParty) -> None:
        body = [("grant_type", "client_credentials"), ("scope", "a"), ("scope", "b")]
        assert posted(shop, body).get_json()["error"] == "invalid_request"


class TestClientCredentials:
    def ask(self, rp: RelyingParty, *resources: str, **more: str) -> list[tuple[str, str]]:
        named = [("resource", uri) for uri in resources]
        return [("grant_type", "client_credentials"), *more.items(), *named]

    def test_a_client_for_itself(self, shop: RelyingParty) -> None:
        body = claims(shop, posted(shop, self.ask(shop, BANK)))
        assert (body["aud"], body["scope"], body["sub"]) == (BANK, "transfer", "shop")

    def test_what_it_may_not_have(self, register: Register, shop: RelyingParty) -> None:
        poor = register("poor", metadata=ClientMetadata())
        refused(posted(poor, self.ask(poor, BANK)), "invalid_target")
        refused(posted(shop, self.ask(shop, BANK, LIBRARY)), "invalid_target")
        refused(posted(shop, self.ask(shop, f"{BANK}#x")), "invalid_target")


def test_the_resource_server_introspects_what_is_meant_for_it(
    register: Register, shop: RelyingParty
) -> None:
    server, other = register("bank", audience=BANK), register("library", audience=LIBRARY)
    token = redeem(shop, answered(asking(shop, BANK))["code"]).get_json()["access_token"]
    assert introspected(server, token)["aud"] == BANK
    assert introspected(other, token) == {"active": False}


def test_the_redirect_is_the_clients_own(shop: RelyingParty) -> None:
    assert asking(shop, "https://unknown.example").location.startswith(REDIRECT)
