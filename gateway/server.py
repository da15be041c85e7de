"""The bridge from Granian to Flask.

The event loop reads the whole body before a thread is spent on it: clients that are slow to send
headers or a body, or slow to read the answer, hold no thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from granian._granian import RSGIProtocolClosed

from contracts.errors import GatehouseError, Unavailable
from gateway import wsgi
from gateway.bodies import Bodies
from gateway.documents import Documents

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from granian._granian import RSGIHTTPProtocol
    from granian.rsgi import Scope

WAITING = 256
"""Requests that may wait for a thread in one worker; more are told to come back."""

log = logging.getLogger("gatehouse.server")


class Bridge:
    """An RSGI application around a WSGI application; one per web worker."""

    def __init__(
        self,
        build: Callable[[], WSGIApplication],
        *,
        threads: int = 8,
        path: str = "",
        proxy: wsgi.Proxy | None = None,
    ) -> None:
        self._build = build
        self._size = threads
        self._path = path
        self._proxy = proxy
        self._waiting = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Build the application in the worker, once Granian has started it."""
        self._application = self._build()
        self._threads = ThreadPoolExecutor(self._size, thread_name_prefix="request")
        self._bodies = Bodies()
        self._documents = Documents(self._path)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the requests that run come to their end."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def __rsgi__(self, scope: Scope, proto: RSGIHTTPProtocol) -> None:
        """Answer one request."""
        try:
            response = await self._answer(scope, proto)
        except GatehouseError as error:
            response = refusal(error)
        except Exception:  # the last place where a failure can still become an answer
            reference = secrets.token_hex(8)
            told = {"path": scope.path, "reference": reference}
            log.exception("request failed", extra=told)
            response = refusal(GatehouseError(), reference)
        with contextlib.suppress(RSGIProtocolClosed):
            proto.response_bytes(response.status, response.headers, response.body)

    async def _answer(self, scope: Scope, proto: RSGIHTTPProtocol) -> wsgi.Response:
        if self._documents.holds(scope):
            return await self._documents.get(scope.path, lambda: self._dispatch(scope, b""))
        async with self._bodies.take(scope, proto) as body:
            return await self._dispatch(scope, body)

    async def _dispatch(self, scope: Scope, body: bytes) -> wsgi.Response:
        if self._waiting >= WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            made = wsgi.environ(scope, body, proxy=self._proxy)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, wsgi.call, self._application, made)
        finally:
            self._waiting -= 1


def refusal(error: GatehouseError, reference: str = "") -> wsgi.Response:
    """Render an error that Flask never saw, in plain words."""
    text = str(error.public) + (f" ({reference})" if reference else "") + "\n"
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    if isinstance(error, Unavailable):
        headers.append(("retry-after", str(error.retry_after)))
    return wsgi.Response(error.status, headers, text.encode())
