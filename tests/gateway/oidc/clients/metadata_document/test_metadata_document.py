"""Clients that nobody registered, known by the document at their id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gateway.oidc.clients.admitted import admitted
from gateway.oidc.clients.metadata_document import is_client_identifier
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.registering import Described
from store import Store
from store.client_metadata import ClientMetadata
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.clients.metadata_document.conftest import (
    CALLBACK,
    Client,
    Publish,
    allow,
)
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import answered
from tests.gateway.oidc.signing_party import OWN, SigningParty, public

VECTORS = Path(__file__).parents[2] / "vectors"
NATIVE = "http://127.0.0.1:61023/callback"


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text())
    return found


def test_discovery_says_so(app: Flask) -> None:
    found = app.test_client().get("/.well-known/oauth-authorization-server").json
    assert found["client_id_metadata_document_supported"] is True


def test_a_client_that_nobody_registered_logs_people_in(
    client: Client, publish: Publish, store: Store
) -> None:
    rp = client(publish(grant_types=["authorization_code", "refresh_token"]))
    tokens = rp.exchange(allow(rp, rp.authorize())).json
    assert tokens["token_type"] == "Bearer"
    assert rp.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json
    with store.read() as tx:
        held = tx.clients.get(rp.client_id)
        learnt = [row for row in tx.audit.list(100) if row.event == "client.learnt"]
    assert held is not None
    assert (held.source, held.public, held.consent) == ("document", True, True)
    assert [row.client_id for row in learnt] == [rp.client_id]


def test_a_client_that_publishes_its_keys_proves_itself(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    keys = hostile.answer("/jwks", public(*OWN.values()))
    address = publish("/keys", token_endpoint_auth_method="private_key_jwt", jwks_uri=keys)
    rp, party = client(address), SigningParty(clock, address)
    code = allow(rp, rp.authorize())
    assert rp.exchange(code).status_code == 401
    assert rp.exchange(code, **party.assertion()).json["token_type"] == "Bearer"


def test_the_page_says_who_describes_it(client: Client, publish: Publish, hostile: Hostile) -> None:
    page = client(publish(client_name="<b>Bank</b>")).authorize().text
    assert f">localhost:{hostile.port}</strong>" in page
    assert "Nobody here has checked this application" in page
    assert f"&lt;b&gt;Bank&lt;/b&gt; (localhost:{hostile.port})" in page
    assert ">app.example</strong>" in page
    assert "your own device" not in page


def test_the_page_warns_of_programs_on_the_own_device(client: Client, publish: Publish) -> None:
    local = publish("/local", redirect_uris=["http://127.0.0.1/callback"])
    assert "your own device" in client(local, NATIVE).authorize().text
    both = publish("/both", redirect_uris=["http://127.0.0.1/callback", CALLBACK])
    assert "your own device" not in client(both, NATIVE).authorize().text


def test_consent_is_asked_every_time(client: Client, publish: Publish) -> None:
    rp = client(publish())
    for _ in range(2):
        allow(rp, rp.authorize())
    assert answered(rp.authorize(prompt="none"))["error"] == "consent_required"


def test_scope_is_what_strangers_may_have(client: Client, publish: Publish) -> None:
    rp = client(publish("/scope", scope="openid email admin"))
    asked = rp.authorize(scope="openid profile email admin offline_access")
    tokens = rp.exchange(allow(rp, asked)).json
    assert tokens["scope"] == "openid email"


def test_only_its_redirect_uris_count(client: Client, publish: Publish) -> None:
    rp = client(publish())
    for uri in ("https://app.example/callback/", "https://evil.example/", NATIVE):
        assert rp.authorize(redirect_uri=uri).status_code == 400


@pytest.mark.parametrize(
    "vector", vectors("client_identifiers.json"), ids=lambda v: v["client_id"][:50]
)
def test_client_identifier_urls(vector: dict[str, Any]) -> None:
    assert is_client_identifier(vector["client_id"]) == vector["possible"]


@pytest.mark.parametrize(
    ("name", "client_id", "shown"),
    [
        ("Agent", "https://agent.example/c", "Agent (agent.example)"),
        ("", "https://agent.example/c", "agent.example"),
        ("x" * 128, "https://agent.example/c", "x" * 112 + " (agent.example)"),
        ("Agent", f"https://bank.{'x' * 90}.example/c", f"Agent (…{'x' * 71}.example)"),
        ("", f"https://bank.{'x' * 90}.example/c", f"…{'x' * 71}.example"),
        ("Agent", "random", "Agent"),
        ("", "random", "random"),
    ],
)
def test_the_name_that_people_see(name: str, client_id: str, shown: str, clock: FakeClock) -> None:
    said = Described(name, (CALLBACK,), "", "ES256", ClientMetadata())
    made = admitted(said, ClientPolicy(), client_id=client_id, source="document", now=clock.now())
    assert made.name == shown


@pytest.mark.parametrize("vector", vectors("metadata_documents.json"), ids=lambda v: v["name"])
def test_what_a_document_may_say(client: Client, hostile: Hostile, vector: dict[str, Any]) -> None:
    address = f"{hostile.origin}/vector"
    document = json.dumps(vector["document"]).replace("SELF", address)
    document = document.replace("HOST", hostile.origin).replace("CAPITALS", address.upper())
    hostile.answer("/vector", document.encode())
    answer = client(address).authorize()
    assert answer.status_code == (200 if vector["accepted"] else 400), answer.text


@pytest.mark.parametrize(
    "vector", [v for v in vectors("answers.json") if "pause" not in v], ids=lambda v: v["name"]
)
def test_no_hostile_answer_makes_a_client(
    client: Client, hostile: Hostile, store: Store, vector: dict[str, Any]
) -> None:
    ends = "\r\n" if vector.get("headless") or not vector["head"] else "\r\n\r\n"
    head = ("\r\n".join(vector["head"]) + (ends if vector["head"] else "")).encode()
    body = vector.get("body", vector.get("latin", "")).encode("utf-8", "ignore")
    body = vector.get("before", "").encode() + body * vector.get("times", 1)
    address = hostile.play("/answer", [head + body])
    answer = client(address).authorize()
    assert answer.status_code == 400
    with store.read() as tx:
        assert tx.clients.get(address) is None
