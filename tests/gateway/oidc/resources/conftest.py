"""A bank and a library as protected resources, and a shop that may ask for tokens for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import TestResponse

from contracts.clock import Clock
from gateway.oidc.resources.types.declared import declarations
from store import Client, Store
from store.client_metadata import ClientMetadata
from store.resources import Resource
from tests.gateway.oidc.relying_party import RelyingParty, answered, shown

BANK, LIBRARY = "https://bank.example/api", "https://library.example/"
VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "authorization_details.json").read_text()
)
PAYMENT = VECTORS["good payments"][0]
METADATA = ClientMetadata(
    resources=(BANK, LIBRARY), authorization_details_types=("payment", "message")
)
Register = Callable[..., RelyingParty]


@pytest.fixture
def resources(store: Store, clock: Clock) -> list[Resource]:
    found = [
        Resource(BANK, "The Bank", "transfer", False, clock.now(), _declared()),
        Resource(LIBRARY, "The Library", "read openid", True, clock.now()),
    ]
    with store.write() as tx:
        for resource in found:
            tx.resources.add(resource)
    return found


def _declared() -> dict[str, Any]:
    return declarations(VECTORS["declarations"])


@pytest.fixture
def register(app: Flask, store: Store, registered: Client, resources: list[Resource]) -> Register:
    """Register a client like another; return what it sends."""

    def made(client_id: str, **changes: Any) -> RelyingParty:
        given = {"metadata": METADATA, "scope": f"{registered.scope} read"} | changes
        with store.write() as tx:
            tx.clients.add(replace(registered, id=client_id, **given))
        return RelyingParty(app.test_client(), client_id)

    return made


@pytest.fixture
def shop(register: Register) -> RelyingParty:
    return register("shop")


def asking(rp: RelyingParty, *resources: str, **changes: str | None) -> TestResponse:
    """Send the browser with these resources, and follow our own redirect once."""
    sent = [*rp.parameters(**changes).items(), *(("resource", uri) for uri in resources)]
    answer = rp.browser.get(f"/oauth/authorize?{urlencode(sent)}")
    if answer.status_code == 303 and answer.location.startswith("/oauth/authorize/"):
        return rp.browser.get(answer.location)
    return answer


def allowed(rp: RelyingParty, **changes: str | None) -> str:
    """Ask, agree to what the page shows, and return the code."""
    sent = rp.parameters(**changes)
    page = rp.browser.get("/oauth/authorize", query_string=sent).location
    return answered(rp.browser.post(shown(rp, page), data={"decision": "allow"}))["code"]


def redeem(rp: RelyingParty, code: str, *resources: str, **changes: str) -> TestResponse:
    """Exchange a code for tokens for these resources."""
    body = [
        *{
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": rp.redirect_uri,
            "code_verifier": rp.verifier,
            **changes,
        }.items(),
        *(("resource", uri) for uri in resources),
    ]
    return posted(rp, body)


def posted(rp: RelyingParty, body: list[tuple[str, str]]) -> TestResponse:
    """Post to the token endpoint, a parameter as often as it is there."""
    form = "application/x-www-form-urlencoded"
    return rp.browser.post(
        "/oauth/token", data=urlencode(body), content_type=form, headers=rp.basic()
    )


def claims(rp: RelyingParty, answer: TestResponse) -> dict[str, Any]:
    """Return what the access token of an answer says."""
    assert answer.status_code == 200, answer.text
    keys = KeySet.import_key_set(rp.browser.get("/.well-known/jwks.json").get_json())
    token = answer.get_json()["access_token"]
    return jwt.decode(token, keys, algorithms=["ES256"]).claims


def introspected(rp: RelyingParty, token: str) -> dict[str, Any]:
    """Ask what a token is."""
    asked = {"data": {"token": token}, "headers": rp.basic()}
    found: dict[str, Any] = rp.browser.post("/oauth/introspect", **asked).get_json()
    return found
