"""A tool server whose tools know who calls them, and how that person proved who they are.

    uvicorn server:app --port 8090

MCP_URL is where clients reach it, MCP_ISSUER the gateway that lets people in.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from guard import Guard, Need
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.routes import build_resource_metadata_url
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from verifier import Verifier

URL = os.environ.get("MCP_URL", "http://localhost:8090/mcp")
ISSUER = os.environ.get("MCP_ISSUER", "http://localhost:8080")

READ, WRITE = "notes:read", "notes:write"
NEEDS = {
    "add_note": Need(scope=(READ, WRITE)),
    "delete_notes": Need(scope=(READ, WRITE), acr="mfa", max_age=300),
}
"""What a tool needs beyond `notes:read`, without which nobody gets in."""

verifier = Verifier(ISSUER, URL)
server = MCPServer(
    "Notes",
    instructions="Keeps short notes, each person's own.",
    token_verifier=verifier,
    auth=AuthSettings.model_validate(
        {
            "issuer_url": ISSUER,
            "resource_server_url": URL,
            "required_scopes": [READ],
            "validate_token_resource": True,
        }
    ),
)
notes: dict[str, list[str]] = {}


def person() -> dict[str, Any]:
    """Return the verified claims of the token that this call came with."""
    token = get_access_token()
    return token.claims or {} if token else {}


def mine() -> list[str]:
    return notes.setdefault(person()["sub"], [])


@server.tool()
def whoami() -> dict[str, Any]:
    """Tell who is calling, through which client, and how they proved who they are."""
    said = ("sub", "client_id", "acr", "amr", "auth_time", "scope")
    return {name: value for name, value in person().items() if name in said}


@server.tool()
def list_notes() -> list[str]:
    """List the person's notes."""
    return mine()


@server.tool()
def add_note(text: str) -> int:
    """Add a note; return how many there are."""
    mine().append(text[:500])
    return len(mine())


@server.tool()
def delete_notes() -> int:
    """Delete all notes of the person, who has just logged in with two factors."""
    count = len(mine())
    mine().clear()
    return count


def _served() -> Guard:
    host = urlsplit(URL)
    app = server.streamable_http_app(
        streamable_http_path=host.path,
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[host.netloc], allowed_origins=[f"{host.scheme}://{host.netloc}"]
        ),
    )
    metadata = str(build_resource_metadata_url(AnyHttpUrl(URL)))
    return Guard(app, verifier, NEEDS, metadata, entry=Need(scope=(READ,)))


app = _served()
