"""Reading request bodies in the event loop, under a deadline, a cap each and a cap for all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from contracts.errors import GatehouseError, TooLarge, Unavailable
from contracts.text import Text

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol
    from granian.rsgi import Scope

SECONDS = 10.0
"""How long a client may take to send its body."""
FORM_BYTES = 64 * 1024
BODY_BYTES = 2_500_000
"""Any body; a form or JSON without files stays under `FORM_BYTES`."""
HELD_BYTES = 64_000_000
"""All bodies that one worker holds at a time, until they are answered."""
LONG = "/admin/api/"
"""Below this a program may send a long JSON text, such as people to import; it caps each call."""
JSON = "application/json"
SMALL = ("application/x-www-form-urlencoded", JSON, "text/plain")


class TooSlow(GatehouseError):
    """The body did not arrive in time (RFC 9110, section 15.5.9)."""

    code = "request_timeout"
    status = 408
    public = Text("The request took too long to arrive.")


class Bodies:
    """The bodies that one worker holds."""

    def __init__(self) -> None:
        self._held = 0

    @contextlib.asynccontextmanager
    async def take(self, scope: Scope, proto: RSGIHTTPProtocol) -> AsyncIterator[bytes]:
        """Read a body and hold it. Raises TooLarge, TooSlow or Unavailable."""
        body = bytearray()
        try:
            async with asyncio.timeout(SECONDS):
                await self._read(proto, cap(scope), body)
            yield bytes(body)
        except TimeoutError:
            raise TooSlow from None
        finally:
            self._held -= len(body)

    async def _read(self, proto: RSGIHTTPProtocol, most: int, body: bytearray) -> None:
        async for part in proto:
            if len(body) + len(part) > most:
                raise TooLarge
            if self._held + len(part) > HELD_BYTES:
                raise Unavailable
            self._held += len(part)
            body += part


def cap(scope: Scope) -> int:
    """Return how many bytes this body may have. Raises TooLarge where more are announced."""
    kind = scope.headers.get("content-type", "text/plain").split(";")[0].strip().lower()
    small = kind in SMALL and not (kind == JSON and LONG in scope.path)
    most = FORM_BYTES if small else BODY_BYTES
    announced = scope.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > most:
        raise TooLarge
    return most
