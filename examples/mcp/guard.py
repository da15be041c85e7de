"""Asks for more before a tool runs: a scope the token lacks, or a better or fresher login.

The MCP SDK checks who may talk to the server at all. Which tool needs what more is said here, and
answered over HTTP, where a client can act on it: 403 `insufficient_scope` (RFC 6750, section 3.1)
or 401 `insufficient_user_authentication` (RFC 9470, section 3).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from verifier import Verifier

LONGEST = 64 * 1024

LEVELS = {
    "aal1": {"aal1", "mfa", "aal2", "phr", "phrh", "aal3"},
    "mfa": {"mfa", "aal2", "phr", "phrh", "aal3"},
    "aal2": {"aal2", "phr", "phrh", "aal3"},
}
"""Which levels of the gateway satisfy one that is asked for."""


@dataclass(frozen=True)
class Need:
    """What a tool needs: scope values, a level of login, and how old the login may be."""

    scope: tuple[str, ...] = ()
    acr: str = "aal1"
    max_age: int | None = None

    def missing(self, claims: Mapping[str, Any]) -> dict[str, str]:
        """Return the parameters of the challenge; nothing where nothing is missing.

        One challenge names all that is needed, so that the person is sent to log in once.
        """
        level, _, _ = str(claims.get("acr", "")).partition("+")
        scope = {"scope": " ".join(self.scope)} if self.scope else {}
        if level not in LEVELS[self.acr] or not self._fresh(claims.get("auth_time")):
            return {"error": "insufficient_user_authentication", **scope, **self._login()}
        if not set(self.scope) <= set(str(claims.get("scope", "")).split()):
            return {"error": "insufficient_scope", **scope}
        return {}

    def _fresh(self, auth_time: object) -> bool:
        if self.max_age is None:
            return True
        return isinstance(auth_time, int) and time.time() - auth_time <= self.max_age

    def _login(self) -> dict[str, str]:
        return {"acr_values": self.acr} | (
            {} if self.max_age is None else {"max_age": str(self.max_age)}
        )


class Guard:
    """Looks at each call of a tool before the server does."""

    def __init__(
        self,
        app: ASGIApp,
        verifier: Verifier,
        needs: Mapping[str, Need],
        metadata: str,
        entry: Need,
    ) -> None:
        """Take what each tool needs, what all need, and where the metadata are (RFC 9728)."""
        self._app = app
        self._verifier = verifier
        self._needs = needs
        self._metadata = metadata
        self._entry = entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        body = await _body(receive)
        refusal = await self._refusal(Request(scope), body)
        if refusal is not None:
            return await refusal(scope, receive, send)
        return await self._app(scope, _again(body, receive), send)

    async def _refusal(self, request: Request, body: bytes) -> JSONResponse | None:
        if len(body) > LONGEST:
            return JSONResponse({"error": "invalid_request"}, 413)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return self._challenge({"scope": " ".join(self._entry.scope)})
        try:
            claims = await self._verifier.claims(token)
        except (jwt.PyJWTError, httpx2.HTTPError, ValueError):
            scope = " ".join(self._entry.scope)
            return self._challenge({"error": "invalid_token", "scope": scope})
        needs = [self._entry, *(self._needs.get(name, self._entry) for name in called(body))]
        missing = next((said for need in needs if (said := need.missing(claims))), None)
        return self._challenge(missing) if missing else None

    def _challenge(self, said: Mapping[str, str]) -> JSONResponse:
        error = said.get("error", "")
        status = 403 if error == "insufficient_scope" else 401
        named = {**said, "resource_metadata": self._metadata}
        header = ", ".join(f'{name}="{value}"' for name, value in named.items())
        headers = {"WWW-Authenticate": f"Bearer {header}"}
        return JSONResponse({"error": error} if error else {}, status, headers=headers)


def called(body: bytes) -> list[str]:
    """Return the names of the tools that a JSON-RPC message calls."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return []
    messages = sent if isinstance(sent, list) else [sent]
    calls = [m.get("params") for m in messages if isinstance(m, dict) and _calls(m)]
    return [str(params.get("name")) for params in calls if isinstance(params, dict)]


def _calls(message: Mapping[str, Any]) -> bool:
    return message.get("method") == "tools/call"


async def _body(receive: Receive) -> bytes:
    """Read the body, or as much of it as is too much."""
    body, more = b"", True
    while more and len(body) <= LONGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Hand the body on to whoever reads it next."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return left.pop() if left else await receive()

    return replayed
