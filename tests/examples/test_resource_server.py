"""The resource server kit, served for real beside a served gateway, its people on our own pages."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from werkzeug.datastructures import WWWAuthenticate

from contracts.clock import SystemClock
from gateway.resources import Registration, register
from tests import ports
from tests.clients.conftest import gateway
from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.visitor import Visitor
from tests.gateway.oidc.prover import Prover
from tests.waiting import PATIENCE, until

__all__ = ["gateway"]
pytestmark = pytest.mark.slow

KIT = Path(__file__).resolve().parents[2] / "examples" / "resource-server"
SERVED = {"flask": ("wsgi", "flask_app"), "asgi": ("asgi", "asgi_app")}
TEXT = "Sell all shares\nand wire 100 € to Bob"


@pytest.fixture(scope="module", params=SERVED)
def api(
    request: pytest.FixtureRequest, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One of the two applications in granian; its address is the resource."""
    interface, module = SERVED[request.param]
    port = ports.free()
    address = f"http://localhost:{port}"
    register(gateway.store, SystemClock(), Registration(uri=address, name="Shares", scope="read"))
    environment = {
        **os.environ,
        "RESOURCE_ISSUER": gateway.issuer,
        "RESOURCE_URL": address,
        "RESOURCE_SPENT": str(tmp_path_factory.mktemp("kit") / "spent.db"),
    }
    server = ["granian", "--interface", interface, "--no-ws", "--log-level", "warning"]
    target = ["--port", str(port), "--factory", f"{module}:from_environment"]
    process = subprocess.Popen([sys.executable, "-m", *server, *target], cwd=KIT, env=environment)
    try:
        answering(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answering(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""

    def answers() -> bool:
        assert process.poll() is None
        with suppress(httpx.TransportError):
            httpx.get(address, timeout=PATIENCE)
            return True
        return False

    until(answers)


@dataclass
class Shop:
    """A client that acts for the person in front of one browser."""

    gateway: Gateway
    api: str
    person: Visitor
    client_id: str
    secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    id_token: str = ""

    def request(self, **more: str) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": NOWHERE,
            "scope": "openid read",
            "resource": self.api,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **more,
        }

    def send(self, **more: str) -> None:
        """Send the person to the gateway."""
        query = urlencode(self.request(**more))
        self.person.go(f"{self.gateway.issuer}/oauth/authorize?{query}")

    def push(self, text: str) -> None:
        """Push a message and send the person to confirm it."""
        details = json.dumps([{"type": "message", "message": text}])
        sent = self.request(authorization_details=details, id_token_hint=self.id_token)
        pushed = self.post("/oauth/par", sent)
        assert pushed.status_code == 201, pushed.text
        reference = {"client_id": self.client_id, "request_uri": pushed.json()["request_uri"]}
        self.person.go(f"{self.gateway.issuer}/oauth/authorize?{urlencode(reference)}")

    def token(self, prover: Prover | None = None) -> str:
        """Redeem the code that the person came back with."""
        arrived = parse_qs(urlsplit(self.person.arrived).query)
        body = {
            "grant_type": "authorization_code",
            "code": arrived["code"][0],
            "redirect_uri": NOWHERE,
            "code_verifier": self.verifier,
        }
        url = f"{self.gateway.issuer}/oauth/token"
        headers = prover.headers(url=url) if prover else {}
        answer = self.post("/oauth/token", body, headers)
        assert answer.status_code == 200, answer.text
        self.id_token = answer.json().get("id_token", self.id_token)
        return str(answer.json()["access_token"])

    def post(
        self, path: str, body: dict[str, str], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        return httpx.post(
            f"{self.gateway.issuer}{path}",
            data=body,
            auth=(self.client_id, self.secret),
            headers=headers,
            timeout=PATIENCE,
        )

    def call(self, method: str, path: str, token: str = "", **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.request(
            method, f"{self.api}{path}", **{"headers": headers, **more}, timeout=PATIENCE
        )


@pytest.fixture
def shop(gateway: Gateway, api: str) -> Iterator[Shop]:
    client, secret = gateway.client(
        require_acr="aal1",
        scope="openid read offline_access",
        resources=[api],
        authorization_details_types=["message"],
    )
    with httpx.Client(timeout=PATIENCE) as http:
        yield Shop(gateway, api, Visitor(gateway.person(), http), client.id, secret or "")


def challenges(answer: httpx.Response) -> dict[str, WWWAuthenticate]:
    """Return what each scheme of a refusal says."""
    sent = answer.headers.get_list("WWW-Authenticate")
    read = [found for one in sent if (found := WWWAuthenticate.from_header(one))]
    return {found.type: found for found in read}


def test_metadata_says_where_tokens_come_from(gateway: Gateway, api: str) -> None:
    found = httpx.get(f"{api}/.well-known/oauth-protected-resource", timeout=PATIENCE).json()
    assert (found["resource"], found["authorization_servers"]) == (api, [gateway.issuer])


def test_without_a_token_both_schemes_are_offered(shop: Shop) -> None:
    answer = shop.call("GET", "/records")
    offered = challenges(answer)
    assert (answer.status_code, set(offered)) == (401, {"bearer", "dpop"})
    assert "error" not in offered["bearer"]
    assert offered["bearer"]["scope"] == "read"
    assert offered["bearer"]["resource_metadata"].startswith(f"{shop.api}/.well-known/")
    assert "ES256" in offered["dpop"]["algs"]


def test_a_field_that_is_not_ascii(shop: Shop) -> None:
    """Servers differ in whether the application ever sees it."""
    headers = {"Authorization": "Bearer é".encode()}
    assert shop.call("GET", "/records", headers=headers).status_code == 401


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "x" * 9000])
def test_what_is_no_token(shop: Shop, token: str) -> None:
    answer = shop.call("GET", "/records", token)
    assert answer.status_code == 401
    assert challenges(answer)["bearer"]["error"] == "invalid_token"


def test_a_scope_that_is_missing(shop: Shop) -> None:
    shop.send(scope="openid")
    shop.person.password()
    shop.person.allow()
    answer = shop.call("GET", "/records", shop.token())
    assert answer.status_code == 403
    said = challenges(answer)["bearer"]
    assert (said["error"], said["scope"]) == ("insufficient_scope", "read")


def test_a_login_that_is_not_enough_is_told_what_to_add(shop: Shop) -> None:
    shop.send()
    shop.person.password()
    shop.person.allow()
    token = shop.token()
    assert shop.call("GET", "/records", token).json()["acr"] == "aal1"
    answer = shop.call("POST", "/transfers", token, json={"text": "100"})
    said = challenges(answer)["bearer"]
    assert answer.status_code == 401
    assert said["error"] == "insufficient_user_authentication"
    shop.send(acr_values=said["acr_values"], max_age=said["max_age"])
    shop.person.authenticator()
    assert shop.call("POST", "/transfers", shop.token(), json={"text": "100"}).status_code == 200


def test_a_message_is_confirmed_by_its_person_and_acted_on_once(shop: Shop) -> None:
    shop.send()
    shop.person.password()
    shop.person.allow()
    session = shop.token()
    answer = shop.call("POST", "/messages", session, json={"text": TEXT})
    said = challenges(answer)["bearer"]
    assert (answer.status_code, said["authorization_details_types"]) == (401, "message")
    shop.push(TEXT)
    shop.person.password()
    shop.person.authenticator()
    assert "Sell all shares\nand wire 100 € to Bob" in shop.person.page.text
    shop.person.allow()
    token = shop.token()
    other = shop.call("POST", "/messages", token, json={"text": TEXT + "by"})
    done = [shop.call("POST", "/messages", token, json={"text": TEXT}) for _ in range(2)]
    assert [answer.status_code for answer in (other, *done)] == [401, 200, 401]
    assert done[0].json()["done"] == TEXT


class TestBound:
    """A token that is bound to a key (RFC 9449)."""

    @pytest.fixture
    def prover(self) -> Prover:
        return Prover(SystemClock())

    @pytest.fixture
    def token(self, shop: Shop, prover: Prover) -> str:
        shop.send()
        shop.person.password()
        shop.person.allow()
        return shop.token(prover)

    def proven(self, token: str, prover: Prover, shop: Shop, **more: Any) -> dict[str, str]:
        ath = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=")
        given = {"method": "GET", "url": f"{shop.api}/records", "ath": ath.decode(), **more}
        return {"Authorization": f"DPoP {token}", **prover.headers(**given)}

    def test_it_serves_with_its_proof_once(self, shop: Shop, token: str, prover: Prover) -> None:
        headers = self.proven(token, prover, shop)
        assert shop.call("GET", "/records", headers=headers).status_code == 200
        again = shop.call("GET", "/records", headers=headers)
        assert challenges(again)["dpop"]["error"] == "invalid_dpop_proof"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"ath": "x"},
            {"ath": None},
            {"method": "POST"},
            {"url": "http://localhost/records"},
            {"iat": 1},
            {"iat": "now"},
            {"jti": None},
        ],
    )
    def test_a_proof_of_something_else(
        self, shop: Shop, token: str, prover: Prover, wrong: dict[str, Any]
    ) -> None:
        headers = self.proven(token, prover, shop, **wrong)
        answer = shop.call("GET", "/records", headers=headers)
        assert answer.status_code == 401
        assert challenges(answer)["dpop"]["error"] == "invalid_dpop_proof"

    def test_a_key_of_somebody_else(self, shop: Shop, token: str) -> None:
        headers = self.proven(token, Prover(SystemClock()), shop)
        answer = shop.call("GET", "/records", headers=headers)
        assert challenges(answer)["dpop"]["error"] == "invalid_dpop_proof"

    def test_not_as_a_bearer_token(self, shop: Shop, token: str, prover: Prover) -> None:
        answer = shop.call("GET", "/records", token)
        assert challenges(answer)["bearer"]["error"] == "invalid_token"
        without = {"Authorization": f"DPoP {token}"}
        answer = shop.call("GET", "/records", headers=without)
        assert challenges(answer)["dpop"]["error"] == "invalid_dpop_proof"
