"""The MCP Python SDK on both sides, unmodified: from 401 to a tool's answer (revision 2026-07-28).

The client is the SDK's `OAuthClientProvider`, the server its `MCPServer` in `examples/mcp`; the
gateway is served for real, and a person walks through its pages.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import anyio.to_thread
import httpx
import pytest

pytest.importorskip("mcp", reason="the MCP SDK is not installed")

import client as example
import httpx2
from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)

from tests.clients.visitor import Visitor
from tests.examples import tool_server
from tests.examples.tool_server import House
from tests.gateway.oidc.hostile import Hostile, certificate
from tests.waiting import PATIENCE
from tests.walks.person import Chatbot

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """The web server of a client's maker."""
    folder = tmp_path_factory.mktemp("tls")
    with Hostile(certificate(folder, "localhost")).running() as server:
        yield server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, published: Hostile) -> Iterator[House]:
    assert published.certificate is not None
    data = tmp_path_factory.mktemp("mcp") / "data"
    with tool_server.serving(data, published.certificate) as house:
        yield house


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    with httpx.Client(timeout=PATIENCE) as http:
        yield Visitor(house.gateway.person(), http)


@dataclass
class Memory:
    """The storage that the SDK asks its user for."""

    client: OAuthClientInformationFull | None = None
    tokens: OAuthToken | None = None
    registered: int = 0

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.registered += 1
        self.client = client_info


@dataclass
class Agent:
    """The SDK's client in front of one person."""

    house: House
    visitor: Visitor
    memory: Memory = field(default_factory=Memory)
    document: str | None = None
    opened: list[dict[str, str]] = field(default_factory=list)
    seen: list[httpx2.Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.auth = OAuthClientProvider(
            server_url=self.house.url,
            client_metadata=OAuthClientMetadata.model_validate(
                {"client_name": "Agent", "redirect_uris": [self.house.callback]}
            ),
            storage=self.memory,
            redirect_handler=self.open,
            callback_handler=self.back,
            client_metadata_url=self.document,
        )

    async def open(self, url: str) -> None:
        self.opened.append(_query(url))
        await anyio.to_thread.run_sync(tool_server.visit, self.visitor, url)

    async def back(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult.model_validate(_query(self.visitor.arrived))

    @asynccontextmanager
    async def session(self) -> Any:
        async def see(response: httpx2.Response) -> None:
            self.seen.append(response)

        async with (
            httpx2.AsyncClient(auth=self.auth, event_hooks={"response": [see]}) as http,
            streamable_http_client(self.house.url, http_client=http) as streams,
            ClientSession(*streams) as session,
        ):
            await session.initialize()
            yield session

    def call(self, *names: str, **given: str) -> list[Any]:
        """Call tools in one session; return what each answered."""

        async def run() -> list[Any]:
            async with self.session() as session:
                return [await session.call_tool(name, given) for name in names]

        return anyio.run(run)

    @property
    def claims(self) -> dict[str, Any]:
        assert self.memory.tokens is not None
        return _claims(self.memory.tokens.access_token)

    def paths(self) -> list[tuple[str, int]]:
        """Return what was asked for before the first tool, and how that was answered."""
        return [(urlsplit(str(r.url)).path, r.status_code) for r in self.seen]


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def _claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


@pytest.fixture
def document(published: Hostile) -> str:
    """The document of a client, at the address that is its id."""
    path = f"/{secrets.token_hex(4)}/client.json"
    told = {
        "client_id": f"{published.origin}{path}",
        "client_name": "Agent",
        "redirect_uris": ["http://localhost/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    return published.answer(path, told)


@pytest.fixture
def by_document(house: House, visitor: Visitor, document: str) -> Agent:
    return Agent(house, visitor, document=document)


def test_a_client_known_by_its_document(by_document: Agent, document: str, house: House) -> None:
    (answer,) = by_document.call("whoami")
    assert answer.is_error is False
    said = answer.structured_content
    assert said["client_id"] == document
    assert (said["acr"], said["amr"]) == ("aal2", ["mfa", "otp", "pwd"])
    assert by_document.claims["sub"] == said["sub"]
    assert by_document.claims["aud"] == house.url
    assert "Nobody here has checked this application" not in by_document.visitor.page.text


def test_nobody_told_the_gateway_of_the_tool_server(by_document: Agent, house: House) -> None:
    by_document.call("whoami")
    with house.gateway.store.read() as tx:
        learnt = tx.resources.get(house.url)
    assert learnt is not None
    assert learnt.open


def test_the_way_is_that_of_the_specification(by_document: Agent, house: House) -> None:
    by_document.call("whoami")
    well_known = "/.well-known/"
    assert by_document.paths()[:5] == [
        ("/mcp", 401),
        (f"{well_known}oauth-protected-resource/mcp", 200),
        (f"{well_known}oauth-authorization-server", 200),
        ("/oauth/token", 200),
        ("/mcp", 200),
    ]
    resource, server = (r.json() for r in by_document.seen[1:3])
    assert resource["resource"] == house.url
    assert resource["authorization_servers"] == [house.gateway.issuer]
    assert server["issuer"] == house.gateway.issuer
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert server["client_id_metadata_document_supported"] is True
    assert server["authorization_response_iss_parameter_supported"] is True
    (asked,) = by_document.opened
    assert asked["resource"] == house.url
    assert asked["scope"] == "notes:read offline_access"
    assert _query(by_document.visitor.arrived)["iss"] == house.gateway.issuer


def test_a_client_that_registers_itself(house: House, visitor: Visitor) -> None:
    agent = Agent(house, visitor)
    (answer,) = agent.call("whoami")
    assert ("/oauth/register", 201) in agent.paths()
    assert agent.memory.client is not None
    assert answer.structured_content["client_id"] == agent.memory.client.client_id
    assert agent.claims["aud"] == house.url
    agent.call("whoami")
    assert agent.memory.registered == 1


def test_a_client_that_an_operator_registered(house: House, visitor: Visitor) -> None:
    agent = Agent(house, visitor, Memory(registered_by_operator(house)))
    agent.call("whoami")
    assert agent.memory.registered == 0
    assert agent.claims["aud"] == house.url


def registered_by_operator(house: House, **more: Any) -> OAuthClientInformationFull:
    tool_server.announced(house.gateway, house.url)
    client, _ = house.gateway.client(
        "http://localhost/callback",
        public=True,
        native=True,
        resources=[house.url],
        scope="openid offline_access notes:read notes:write",
        **more,
    )
    return OAuthClientInformationFull(client_id=client.id, token_endpoint_auth_method="none")


def test_a_refresh_token_is_followed_by_another(by_document: Agent, house: House) -> None:
    by_document.call("whoami")
    first = by_document.memory.tokens
    by_document.auth.context.token_expiry_time = 1
    (answer,) = by_document.call("whoami")
    second = by_document.memory.tokens
    assert answer.is_error is False
    assert len(by_document.opened) == 1
    assert first is not None
    assert second is not None
    assert second.refresh_token not in {None, first.refresh_token}
    assert by_document.claims["aud"] == house.url
    assert refreshed(house, by_document, first).status_code == 400
    assert refreshed(house, by_document, second).status_code == 400


def refreshed(house: House, agent: Agent, tokens: OAuthToken) -> httpx.Response:
    assert agent.memory.client is not None
    body = {
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh_token,
        "client_id": agent.memory.client.client_id,
        "resource": house.url,
    }
    return httpx.post(f"{house.gateway.issuer}/oauth/token", data=body)


def test_the_sdk_asks_for_a_scope_that_a_tool_needs(by_document: Agent) -> None:
    added, listed = by_document.call("add_note", "list_notes", text="buy milk")
    assert added.structured_content == {"result": 1}
    assert listed.structured_content == {"result": ["buy milk"]}
    assert [set(asked["scope"].split()) for asked in by_document.opened] == [
        {"notes:read", "offline_access"},
        {"notes:read", "notes:write", "offline_access"},
    ]
    assert set(by_document.claims["scope"].split()) >= {"notes:read", "notes:write"}


def test_notes_are_each_persons_own(house: House, by_document: Agent, document: str) -> None:
    by_document.call("add_note", text="mine")
    with httpx.Client(timeout=PATIENCE) as http:
        other = Agent(house, Visitor(house.gateway.person(), http), document=document)
        (listed,) = other.call("list_notes")
    assert listed.structured_content == {"result": []}


def test_a_better_login_is_asked_for_where_a_tool_needs_it(house: House, visitor: Visitor) -> None:
    """By the example's own agent: the SDK does not pass on what RFC 9470 says."""
    opened: list[dict[str, str]] = []

    async def show(url: str) -> None:
        opened.append(_query(url))
        await anyio.to_thread.run_sync(tool_server.visit, visitor, url)

    async def back() -> AuthorizationCodeResult:
        return example.result(visitor.arrived)

    example.CALLBACK = house.callback
    memory = example.Memory(registered_by_operator(house, require_acr="aal1"))
    agent = example.Agent(house.url, memory, show, back)
    weak = anyio.run(agent.call, "whoami", {})
    assert weak["acr"] == "aal1"
    assert anyio.run(agent.call, "delete_notes", {}) == {"result": 0}
    strong = anyio.run(agent.call, "whoami", {})
    assert strong["acr"] == "mfa"
    assert strong["sub"] == weak["sub"]
    assert [asked.get("acr_values") for asked in opened] == [None, "mfa"]
    assert opened[-1]["max_age"] == "300"


Token = Callable[[House, Visitor], str]


def for_no_resource(house: House, visitor: Visitor) -> str:
    """A token that the client did not ask for this resource: it is for the client's own use."""
    client, _ = house.gateway.client(house.callback, public=True)
    return signed_in(house, visitor, client.id)


def for_another_resource(house: House, visitor: Visitor) -> str:
    url = f"http://localhost:1/{secrets.token_hex(4)}/mcp"
    tool_server.announced(house.gateway, url)
    client, _ = house.gateway.client(
        house.callback, resources=[url], public=True, scope="openid notes:read"
    )
    return signed_in(house, visitor, client.id, resource=url, scope="openid notes:read")


def signed_in(house: House, visitor: Visitor, client_id: str, **more: str) -> str:
    """Walk through a login as any client asks for one; return the access token."""
    bot = Chatbot(client_id)
    request = bot.request(redirect_uri=house.callback, **more)
    url = f"{house.gateway.issuer}/oauth/authorize?{httpx.QueryParams(request)}"
    code = _query(tool_server.visit(visitor, url))["code"]
    body = bot.redemption(code) | {"redirect_uri": house.callback}
    answer = httpx.post(f"{house.gateway.issuer}/oauth/token", data=body)
    token: str = answer.json()["access_token"]
    return token


@pytest.mark.parametrize("token", [for_no_resource, for_another_resource])
def test_a_token_for_somebody_else_is_refused(house: House, visitor: Visitor, token: Token) -> None:
    presented = token(house, visitor)
    assert _claims(presented)["aud"] != house.url
    answer = tried(house, presented)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    metadata = house.url.replace("/mcp", "/.well-known/oauth-protected-resource/mcp")
    assert f'resource_metadata="{metadata}"' in answer.headers["WWW-Authenticate"]


def test_a_token_in_the_query_is_none(house: House, by_document: Agent) -> None:
    by_document.call("whoami")
    assert by_document.memory.tokens is not None
    token = by_document.memory.tokens.access_token
    assert tried(house, "", f"?access_token={token}").status_code == 401
    assert tried(house, token).status_code == 200


def tried(house: House, token: str, query: str = "") -> httpx.Response:
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}}
    headers = {"Accept": "application/json, text/event-stream"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.post(house.url + query, json=message, headers=headers)


def test_a_token_for_the_tools_is_worth_nothing_elsewhere(house: House, by_document: Agent) -> None:
    by_document.call("whoami")
    assert by_document.memory.tokens is not None
    headers = {"Authorization": f"Bearer {by_document.memory.tokens.access_token}"}
    answer = httpx.get(f"{house.gateway.issuer}/oauth/userinfo", headers=headers)
    assert answer.status_code in {401, 403}


def test_an_unknown_resource_is_refused(house: House, visitor: Visitor, document: str) -> None:
    asked = {
        "client_id": document,
        "redirect_uri": house.callback,
        "response_type": "code",
        "scope": "notes:read",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        "resource": "http://localhost:1/unknown",
    }
    visitor.go(f"{house.gateway.issuer}/oauth/authorize?{httpx.QueryParams(asked)}")
    assert _query(visitor.arrived)["error"] == "invalid_target"
