"""Pushed authorization requests (RFC 9126) at our endpoints."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from contracts.clock import Clock
from gateway import oidc
from store import Store
from store.client_metadata import ClientMetadata
from store.clients import Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import (
    ISSUER,
    REDIRECT,
    SECRET,
    RelyingParty,
    Visitor,
    answered,
    refused,
)
from tests.gateway.oidc.signing_party import SigningParty, add, metadata
from tests.gateway.oidc.test_once import at_once
from tests.timing import AT_ONCE, quickest

PAR = "/oauth/par"
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "pushed_requests.json").read_text())
FORM = "application/x-www-form-urlencoded"
PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(rp: RelyingParty, **changes: str | None) -> TestResponse:
    """Push the request of a confidential client, authenticated by its secret."""
    return rp.browser.post(PAR, data=rp.parameters(**changes), headers=rp.basic())


def sent(rp: RelyingParty, vector: dict[str, Any]) -> tuple[str, str]:
    """Return the body that a vector describes, and its type."""
    repeated = {name: text * count for name, (text, count) in vector.get("repeat", {}).items()}
    changes = {**vector.get("set", {}), **repeated}
    many = {f"x{number}": "y" for number in range(vector.get("many", 0))}
    form = {**rp.parameters(**changes), **many} if not vector.get("many") else many
    return vector.get("body", urlencode(form)), vector.get("type", FORM)


def pushed(rp: RelyingParty, **changes: str | None) -> str:
    answer = push(rp, **changes)
    assert answer.status_code == 201, answer.text
    uri: str = answer.get_json()["request_uri"]
    return uri


def use(rp: RelyingParty, uri: str, **more: str) -> TestResponse:
    """Send the browser on with nothing but the client's id and the reference."""
    query = {"client_id": rp.client_id, "request_uri": uri, **more}
    answer = rp.browser.get("/oauth/authorize", query_string=query)
    if answer.status_code == 303 and answer.location.startswith("/oauth/authorize/"):
        return rp.browser.get(answer.location)
    return answer


class TestAnswer:
    """What the endpoint says (sections 2.1 to 2.3)."""

    def test_a_request_uri_of_sixty_seconds(self, rp: RelyingParty) -> None:
        answer = push(rp)
        assert answer.status_code == 201
        assert set(answer.get_json()) == {"request_uri", "expires_in"}
        assert answer.get_json()["expires_in"] == 60
        assert answer.headers["Cache-Control"] == "no-store"
        handle = answer.get_json()["request_uri"].removeprefix(PREFIX)
        assert len(handle) >= 43
        assert pushed(rp) != pushed(rp)

    def test_only_by_post(self, rp: RelyingParty) -> None:
        for method in ("GET", "PUT", "DELETE"):
            answer = rp.browser.open(PAR, method=method, headers=rp.basic())
            assert answer.status_code == 405

    def test_discovery_knows_the_endpoint(self, rp: RelyingParty) -> None:
        found = rp.browser.get("/.well-known/openid-configuration").get_json()
        assert found["pushed_authorization_request_endpoint"] == f"{ISSUER}{PAR}"
        assert found["require_pushed_authorization_requests"] is False

    def test_only_forms_and_nothing_in_the_address(self, rp: RelyingParty) -> None:
        answer = rp.browser.post(PAR, json=rp.parameters(), headers=rp.basic())
        assert answer.get_json()["error"] == "invalid_request"
        answer = rp.browser.post(PAR, query_string=rp.parameters(), headers=rp.basic(), data={})
        assert answer.status_code == 400

    def test_a_repeated_parameter(self, rp: RelyingParty) -> None:
        sent = {**rp.parameters(), "scope": ["openid", "openid email"]}
        answer = rp.browser.post(PAR, data=sent, headers=rp.basic())
        assert answer.get_json()["error"] == "invalid_request"


class TestClient:
    """The client is authenticated as at the token endpoint (section 2.1)."""

    def test_nobody(self, rp: RelyingParty) -> None:
        refused(rp.browser.post(PAR, data=rp.parameters()), "invalid_client")

    def test_a_wrong_secret(self, rp: RelyingParty) -> None:
        rp.secret = SECRET[1:]
        refused(push(rp), "invalid_client")

    def test_a_secret_in_the_body_is_not_kept(self, rp: RelyingParty) -> None:
        sent = {**rp.parameters(), "client_secret": SECRET}
        uri = rp.browser.post(PAR, data=sent).get_json()["request_uri"]
        assert "code" in answered(use(rp, uri))

    def test_another_client_id_than_the_one_that_authenticates(self, rp: RelyingParty) -> None:
        assert push(rp, client_id="quick").get_json()["error"] == "invalid_request"

    def test_without_a_client_id_beside_the_header(self, rp: RelyingParty) -> None:
        assert "code" in answered(use(rp, pushed(rp, client_id=None)))

    def test_a_public_client_names_itself(self, native: RelyingParty) -> None:
        uri = native.browser.post(PAR, data=native.parameters()).get_json()["request_uri"]
        code = answered(use(native, uri))["code"]
        assert native.exchange(code).status_code == 200

    def test_a_client_that_signs(
        self, rp: RelyingParty, store: Store, registered: Client, clock: FakeClock
    ) -> None:
        add(store, registered, id="signer", metadata=metadata(), secret_hash=None)
        party = SigningParty(clock)
        rp.client_id = "signer"
        sent = {**rp.parameters(), **party.assertion()}
        answer = rp.browser.post(PAR, data=sent)
        assert answer.status_code == 201
        assert "code" in answered(use(rp, answer.get_json()["request_uri"]))
        refused(rp.browser.post(PAR, data=sent), "invalid_client")


class TestChecks:
    """Every check of the authorization endpoint is made when the request is pushed."""

    @pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
    def test_a_bad_request(self, rp: RelyingParty, vector: dict[str, Any]) -> None:
        body, kind = sent(rp, vector)
        sending = {"data": body, "content_type": kind, "headers": rp.basic()}
        answer, seconds = quickest(lambda: rp.browser.post(PAR, **sending))
        assert seconds < AT_ONCE
        assert answer.get_json()["error"] == vector["error"]
        assert set(answer.get_json()) <= {"error", "error_description"}
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert answer.headers["X-Correlation-Id"]

    def test_unknown_parameters_are_ignored(self, rp: RelyingParty) -> None:
        assert "code" in answered(use(rp, pushed(rp, stranger="ignored")))


class TestUse:
    """What the browser brings is a reference, good for one use of one client (section 4)."""

    def test_the_whole_walk(self, rp: RelyingParty) -> None:
        answer = answered(use(rp, pushed(rp, state="of the pushed")))
        assert answer["state"] == "of the pushed"
        assert answer["iss"] == ISSUER
        assert rp.exchange(answer["code"]).status_code == 200

    def test_what_stands_beside_it_is_ignored(self, rp: RelyingParty) -> None:
        uri = pushed(rp, scope="openid", state="pushed")
        beside = {
            "scope": "openid email",
            "state": "beside",
            "redirect_uri": "https://evil.example",
            "response_type": "token",
            "prompt": "none login",
        }
        answer = answered(use(rp, uri, **beside))
        assert answer["state"] == "pushed"
        body = rp.exchange(answer["code"]).get_json()
        assert body["scope"] == "openid"

    def test_a_second_use(self, rp: RelyingParty) -> None:
        uri = pushed(rp)
        assert "code" in answered(use(rp, uri))
        again = use(rp, uri)
        assert again.status_code == 400
        assert "Location" not in again.headers

    def test_another_client(self, rp: RelyingParty, native: RelyingParty) -> None:
        uri = pushed(rp)
        assert use(native, uri).status_code == 400
        assert use(replace(rp, client_id="legacy"), uri).status_code == 400
        assert "code" in answered(use(rp, uri)), "the attempt of another uses nothing up"

    def test_without_a_client_id(self, rp: RelyingParty) -> None:
        query = {"request_uri": pushed(rp)}
        assert rp.browser.get("/oauth/authorize", query_string=query).status_code == 400

    def test_after_its_time(self, rp: RelyingParty, clock: FakeClock) -> None:
        uri = pushed(rp)
        clock.advance(timedelta(seconds=60))
        assert use(rp, uri).status_code == 400

    @pytest.mark.parametrize("uri", [PREFIX, f"{PREFIX}x", f"{PREFIX}{'x' * 9000}"])
    def test_an_unknown_one(self, rp: RelyingParty, uri: str) -> None:
        assert use(rp, uri).status_code == 400

    def test_two_of_them(self, rp: RelyingParty) -> None:
        query = {"client_id": "bot", "request_uri": [pushed(rp), pushed(rp)]}
        assert rp.browser.get("/oauth/authorize", query_string=query).status_code == 400

    def test_with_a_request_object_beside_it(self, rp: RelyingParty) -> None:
        uri = pushed(rp)
        assert use(rp, uri, request="e30.e30.").status_code == 400
        told = answered(use(rp, uri, request="e30.e30.", redirect_uri=REDIRECT))
        assert told["error"] == "invalid_request"
        assert "code" in answered(use(rp, uri))

    def test_a_foreign_reference(self, rp: RelyingParty) -> None:
        told = answered(rp.authorize(request_uri="https://bot.example/request.jwt"))
        assert told["error"] == "request_uri_not_supported"

    def test_a_reload_of_the_login_page(self, rp: RelyingParty, visitor: Visitor) -> None:
        """The reference is used up; what it brought is kept for this browser."""
        somebody, visitor.assurance = visitor.assurance, None
        query = {"client_id": "bot", "request_uri": pushed(rp)}
        page = rp.browser.get("/oauth/authorize", query_string=query).location
        for _ in range(2):
            assert rp.browser.get(page).location == "/login/begun"
        visitor.assurance = somebody
        assert "code" in answered(rp.browser.get(page))

    def test_a_silent_request(self, rp: RelyingParty, visitor: Visitor) -> None:
        visitor.assurance = None
        uri = pushed(rp, prompt="none")
        assert answered(use(rp, uri))["error"] == "login_required"
        assert use(rp, uri).status_code == 400

    def test_a_glance_at_the_link(self, rp: RelyingParty) -> None:
        """Programs that show a preview ask by HEAD; the person comes after them."""
        query = {"client_id": "bot", "request_uri": pushed(rp)}
        glance = rp.browser.head("/oauth/authorize", query_string=query)
        assert glance.status_code == 405
        kept = rp.browser.get("/oauth/authorize", query_string=query)
        assert rp.browser.head(kept.location).status_code == 405
        assert "code" in answered(rp.browser.get(kept.location))

    def test_by_post(self, rp: RelyingParty) -> None:
        sent = {"client_id": "bot", "request_uri": pushed(rp)}
        answer = rp.browser.post("/oauth/authorize", data=sent)
        assert answer.status_code == 303
        assert rp.browser.get(answer.location).status_code == 303

    def test_one_of_fifty_at_once(self, app: Flask, rp: RelyingParty) -> None:
        query = {"client_id": "bot", "request_uri": pushed(rp)}
        answers = at_once(
            app, rp, lambda mine: mine.browser.get("/oauth/authorize", query_string=query)
        )
        assert Counter(answer.status_code for answer in answers) == {303: 1, 400: 49}


class TestRequired:
    """A client, or the operator for all of them, takes no other way (sections 5 and 6)."""

    def test_of_a_client(self, rp: RelyingParty, store: Store, registered: Client) -> None:
        only = ClientMetadata(require_pushed_authorization_requests=True)
        add(store, registered, id="only", metadata=only)
        rp.client_id = "only"
        told = answered(rp.authorize())
        assert (told["error"], told["state"], told["iss"]) == ("invalid_request", "a state", ISSUER)
        assert "code" in answered(use(rp, pushed(rp)))

    def test_of_all(
        self, store: Store, clock: Clock, settings: oidc.ProviderSettings, app: Flask
    ) -> None:
        strict = replace(settings, require_pushed=True)
        parts: dict[str, Any] = {"store": store, "clock": clock, "authentication": Visitor()}
        again = Flask("strict")
        again.register_blueprint(oidc.blueprint(oidc.provider(settings=strict, **parts)))
        rp = RelyingParty(again.test_client())
        assert answered(rp.authorize())["error"] == "invalid_request"
        assert push(rp).status_code == 201
        found = rp.browser.get("/.well-known/openid-configuration").get_json()
        assert found["require_pushed_authorization_requests"] is True
