"""Clients whose id is the address of their metadata, against a server that means no good."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway import oidc
from gateway.oidc.clients.admitted import admitted
from gateway.oidc.clients.metadata_document import STALE, is_client_identifier
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.registering import Described
from gateway.oidc.fetching.freshness import MOST
from store import Store
from store.client_metadata import ClientMetadata
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import RelyingParty, answered
from tests.gateway.oidc.signing_party import OWN, SigningParty, public
from tests.walks.forms import read

VECTORS = Path(__file__).parents[1] / "vectors"
CALLBACK = "https://app.example/callback"
NATIVE = "http://127.0.0.1:61023/callback"
REMEMBERED = timedelta(seconds=3)
"""After this a web worker asks the store again."""


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text())
    return found


@pytest.fixture
def policy() -> ClientPolicy:
    """A gateway on trial, so that the server on this machine may be asked."""
    return ClientPolicy(loopback=True, require_acr="aal1")


@pytest.fixture
def settings(
    settings: oidc.ProviderSettings,
    policy: ClientPolicy,
    proof: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> oidc.ProviderSettings:
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    return replace(settings, clients=policy)


Publish = Callable[..., str]


@pytest.fixture
def publish(hostile: Hostile) -> Publish:
    def published(path: str = "/client", headers: dict[str, str] | None = None, **more: Any) -> str:
        """Publish a document; return its address."""
        address = f"{hostile.origin}{path}"
        told = {"client_id": address, "redirect_uris": [CALLBACK], "client_name": "Agent", **more}
        return hostile.answer(path, told, **(headers or {}))

    return published


@pytest.fixture
def client(app: Flask) -> Callable[..., RelyingParty]:
    def made(client_id: str, redirect_uri: str = CALLBACK) -> RelyingParty:
        return RelyingParty(app.test_client(), client_id, redirect_uri, None)

    return made


Client = Callable[..., RelyingParty]


def allow(rp: RelyingParty, page: TestResponse) -> str:
    assert page.status_code == 200, page.text
    form = read(page.text)[0]
    answer = rp.browser.post(form.action, data={**form.fields, "decision": "allow"})
    return answered(answer)["code"]


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


def test_an_unknown_host_is_a_page_of_ours(client: Client) -> None:
    answer = client("https://nowhere.invalid/client").authorize()
    assert answer.status_code == 400


def test_it_is_fetched_again_when_its_server_says_so(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/aging", {"Cache-Control": "max-age=600"}, client_name="Old"))
    asked = len(hostile.seen)
    assert "Old" in rp.authorize().text
    publish("/aging", {"Cache-Control": "max-age=600"}, client_name="Young")
    clock.advance(timedelta(seconds=599))
    assert "Old" in rp.authorize().text
    assert len(hostile.seen) == asked + 1
    clock.advance(REMEMBERED)
    assert "Young" in rp.authorize().text
    assert len(hostile.seen) == asked + 2


def test_it_goes_on_for_a_day_where_its_server_does_not_answer(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/fails"))
    assert rp.authorize().status_code == 200
    hostile.answer("/fails", {}, status="503 Service Unavailable")
    clock.advance(STALE)
    assert rp.authorize().status_code == 200
    clock.advance(timedelta(hours=1))
    assert rp.authorize().status_code == 400


def test_a_server_that_does_not_answer_is_asked_once_a_minute(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/silent"))
    assert rp.authorize().status_code == 200
    hostile.answer("/silent", {}, status="503 Service Unavailable")
    clock.advance(timedelta(hours=2))
    asked = len(hostile.seen)
    for _ in range(5):
        clock.advance(REMEMBERED)
        assert rp.authorize().status_code == 200
    assert len(hostile.seen) == asked + 1
    clock.advance(timedelta(minutes=1))
    assert rp.authorize().status_code == 200
    assert len(hostile.seen) == asked + 2


def test_one_that_was_removed_is_asked_again(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock, store: Store
) -> None:
    rp = client(publish("/removed", {"Cache-Control": "no-store"}))
    for minutes in (0, 2):
        clock.advance(timedelta(minutes=minutes))
        assert rp.authorize().status_code == 200
    with store.write() as tx:
        assert tx.clients.remove(rp.client_id)
    clock.advance(REMEMBERED)
    assert rp.authorize().status_code == 200
    with store.read() as tx:
        assert tx.clients.get(rp.client_id) is not None


def test_it_ends_at_once_where_its_document_is_gone_or_invalid(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/gone", {"Cache-Control": "no-store"}))
    assert rp.authorize().status_code == 200
    for status, content in (("404 Not Found", {}), ("410 Gone", {}), ("200 OK", {"x": 1})):
        hostile.answer("/gone", content, status=status)
        clock.advance(timedelta(minutes=2))
        assert rp.authorize().status_code == 400
    publish("/gone")
    assert rp.authorize().status_code == 200


def test_what_never_was_valid_is_not_kept(
    client: Client, publish: Publish, hostile: Hostile
) -> None:
    """No failure is cached (section 5.2): a document that is put right counts at once."""
    address = f"{hostile.origin}/late"
    hostile.plays.pop("/late", None)
    assert client(address).authorize().status_code == 400
    assert publish("/late") == address
    assert client(address).authorize().status_code == 200


def test_a_refresh_token_of_a_vanished_client_is_worth_nothing(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    grants = ["authorization_code", "refresh_token"]
    rp = client(publish("/leaves", {"Cache-Control": "no-store"}, grant_types=grants))
    token = rp.exchange(allow(rp, rp.authorize())).json["refresh_token"]
    hostile.plays.pop("/leaves")
    clock.advance(timedelta(minutes=2))
    answer = rp.token(grant_type="refresh_token", refresh_token=token)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_no_time_is_kept_beyond_a_day(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/forever", {"Cache-Control": "max-age=31536000"}))
    assert rp.authorize().status_code == 200
    asked = len(hostile.seen)
    clock.advance(MOST + REMEMBERED)
    assert rp.authorize().status_code == 200
    assert len(hostile.seen) == asked + 1


class TestProduction:
    """Where the gateway is not on trial, this machine is as closed as any private network."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy()

    def test_nothing_private_is_asked(
        self, client: Client, publish: Publish, hostile: Hostile
    ) -> None:
        address, asked = publish(), len(hostile.seen)
        hosts = ("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1.nip.invalid")
        for host in hosts:
            elsewhere = address.replace("localhost", host)
            assert client(elsewhere).authorize().status_code == 400
        assert len(hostile.seen) == asked


class TestTrustedHosts:
    """Where an operator trusts some hosts alone."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(documents="app.example localhost", loopback=True, require_acr="aal1")

    def test_only_those_are_asked(self, client: Client, publish: Publish) -> None:
        assert client(publish()).authorize().status_code == 200
        assert client("https://other.example/client").authorize().status_code == 400
        assert client("https://localhost.example/client").authorize().status_code == 400


class TestOff:
    """Where an operator wants none of it."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(documents="off", loopback=True)

    def test_nothing_is_asked(self, app: Flask, client: Client, publish: Publish) -> None:
        found = app.test_client().get("/.well-known/openid-configuration").json
        assert found["client_id_metadata_document_supported"] is False
        assert client(publish()).authorize().status_code == 400
