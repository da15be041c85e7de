"""The public documents that every backend fetches, kept for a few seconds in front of Flask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from gateway.mount import documents

if TYPE_CHECKING:
    from granian.rsgi import Scope

    from gateway.wsgi import Response

FRESH_SECONDS = 5.0
"""Keys are published long before they sign, so that this delay never hides a key in use."""


class Documents:
    """Holds the discovery document and the key set; one fetch at a time, errors are not kept."""

    def __init__(self, path: str = "") -> None:
        """Know the addresses of the documents of an issuer under `path`."""
        self._paths = documents(path)
        self._kept: dict[str, tuple[float, Response]] = {}
        self._lock = asyncio.Lock()

    def holds(self, scope: Scope) -> bool:
        """Tell whether this request is for one of the documents."""
        return scope.method == "GET" and scope.path in self._paths and not scope.query_string

    async def get(self, path: str, fetch: Callable[[], Awaitable[Response]]) -> Response:
        """Return the document, from Flask where the kept one is too old."""
        if (response := self._fresh(path)) is not None:
            return response
        async with self._lock:
            if (response := self._fresh(path)) is None:
                response = await fetch()
                if response.status == 200:
                    self._kept[path] = (time.monotonic(), response)
        return response

    def _fresh(self, path: str) -> Response | None:
        at, response = self._kept.get(path, (0.0, None))
        return response if time.monotonic() - at < FRESH_SECONDS else None
