"""An agent on somebody's own machine: it calls one tool, and sends the person to log in for it.

    python client.py whoami
    python client.py add_note text="buy milk"

All of the protocol is the MCP SDK's. What is ours is to open the browser, to wait for it at a
loopback address, and to ask the gateway for what a tool's refusal named (RFC 9470).
"""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider, TokenStorage
from mcp.client.auth.utils import extract_field_from_www_auth
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)

URL = os.environ.get("MCP_URL", "http://localhost:8090/mcp")
CALLBACK = os.environ.get("MCP_CALLBACK", "http://localhost:8091/callback")
CLIENT_ID = os.environ.get("MCP_CLIENT_ID", "")
METADATA_URL = os.environ.get("MCP_CLIENT_METADATA_URL") or None

Open = Callable[[str], Awaitable[None]]
Wait = Callable[[], Awaitable[AuthorizationCodeResult]]


class Memory(TokenStorage):
    """Remembers tokens as long as this program runs."""

    def __init__(self, client: OAuthClientInformationFull | None = None) -> None:
        self.client = client
        self.tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Agent:
    """Calls tools for a person; `show` opens the browser, `wait` returns what came back."""

    def __init__(self, url: str, storage: Memory, show: Open, wait: Wait) -> None:
        self._url = url
        self._show = show
        self._asked: dict[str, str] = {}
        self._auth = OAuthClientProvider(
            server_url=url,
            client_metadata=OAuthClientMetadata.model_validate(
                {"client_name": "Notes agent", "redirect_uris": [CALLBACK]}
            ),
            storage=storage,
            redirect_handler=self._open,
            callback_handler=wait,
            client_metadata_url=METADATA_URL,
        )

    async def call(self, tool: str, arguments: dict[str, str]) -> object:
        """Call a tool and return what it answered."""
        hooks = {"response": [self._hear]}
        async with (
            httpx2.AsyncClient(auth=self._auth, event_hooks=hooks, timeout=30) as http,
            Client(streamable_http_client(self._url, http_client=http)) as client,
        ):
            answer = await client.call_tool(tool, arguments)
            return answer.structured_content

    async def _open(self, url: str) -> None:
        """Ask for the login that was missing, beside all that the SDK asks for."""
        await self._show(f"{url}&{urlencode(self._asked)}" if self._asked else url)
        self._asked = {}

    async def _hear(self, response: httpx2.Response) -> None:
        """Remember what a challenge names: the SDK knows of scopes, not of better logins."""
        if extract_field_from_www_auth(response, "error") == "insufficient_user_authentication":
            names = ("acr_values", "max_age")
            said = {name: extract_field_from_www_auth(response, name) for name in names}
            self._asked = {name: value for name, value in said.items() if value}


class Callback:
    """Listens for the one request that brings the person back."""

    async def wait(self) -> AuthorizationCodeResult:
        arrived: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = (await reader.readline()).decode()
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nYou can close this page.\n")
            await writer.drain()
            writer.close()
            if line.startswith("GET /callback?") and not arrived.done():
                arrived.set_result(line.split(" ")[1])

        address = urlsplit(CALLBACK)
        async with await asyncio.start_server(answer, address.hostname, address.port):
            return result(await arrived)


def result(address: str) -> AuthorizationCodeResult:
    """Read what the gateway sent back. Raises RuntimeError for an error."""
    said = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    if "code" not in said:
        raise RuntimeError(f"not logged in: {said.get('error')}")
    return AuthorizationCodeResult.model_validate(said)


async def browse(url: str) -> None:
    print(f"Log in at {url}", file=sys.stderr)
    webbrowser.open(url)


async def main(tool: str, *given: str) -> None:
    arguments = dict(one.split("=", 1) for one in given)
    known = OAuthClientInformationFull(client_id=CLIENT_ID) if CLIENT_ID else None
    agent = Agent(URL, Memory(known), browse, Callback().wait)
    print(await agent.call(tool, arguments))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
