"""The same resource server in plain ASGI, for `asgi_app:from_environment`."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from resource_server.guard import MESSAGE, Call, Demand, Guard, Refused
from resource_server.spent import Spent
from resource_server.statuses import Statuses
from resource_server.verifier import Verifier

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

LONGEST = 16 * 1024
DEMANDS = {
    ("GET", "/records"): Demand(scope="read"),
    ("POST", "/transfers"): Demand(acr="mfa", max_age=300),
    ("POST", "/messages"): MESSAGE,
}


class ResourceServer:
    """Answers for one issuer; `resource` is its public address, and the audience of its tokens."""

    def __init__(self, issuer: str, resource: str, spent: str) -> None:
        verifier = Verifier(issuer, resource)
        self._guard = Guard(verifier, Spent(spent), Statuses(verifier))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        text = _text(await _body(receive))
        try:
            status, content = await self._answer(scope, text)
            fields = []
        except Refused as refused:
            status, content = refused.status, {"error": refused.error} if refused.error else {}
            fields = [(b"www-authenticate", told.encode()) for told in refused.challenges]
        fields.append((b"content-type", b"application/json"))
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": json.dumps(content).encode()})

    async def _answer(self, scope: Scope, text: str) -> tuple[int, dict[str, Any]]:
        method, path = scope["method"], scope["path"]
        if (method, path) == ("GET", self._guard.metadata_path):
            return 200, self._guard.metadata("read")
        demand = DEMANDS.get((method, path))
        if demand is None:
            return 404, {}
        # Fetching keys and spending a jti may wait for others: not in the event loop.
        claims = await asyncio.to_thread(self._guard.admit, _call(scope), demand, text)
        if path != "/records":
            return 200, {"done": text}
        return 200, {"person": claims["sub"], "acr": claims.get("acr"), "act": claims.get("act")}


def _call(scope: Scope) -> Call:
    fields: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        fields.setdefault(name.lower(), []).append(value.decode("latin-1"))
    presented = (fields.get(b"authorization", []), fields.get(b"dpop", []))
    return Call(scope["method"], scope["path"], *presented)


async def _body(receive: Receive) -> bytes:
    """Return the body, cut where it becomes longer than any message."""
    body, more = b"", True
    while more and len(body) <= LONGEST:
        event = await receive()
        body, more = body + event.get("body", b""), event.get("more_body", False)
    return body


def _text(body: bytes) -> str:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = sent.get("text") if isinstance(sent, dict) else None
    return found if isinstance(found, str) else ""


def from_environment() -> ResourceServer:
    """Build it as the environment says."""
    return ResourceServer(
        os.environ["RESOURCE_ISSUER"],
        os.environ["RESOURCE_URL"],
        os.environ.get("RESOURCE_SPENT", "spent.db"),
    )
