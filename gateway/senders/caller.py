"""Calls an endpoint of a client or an operator: one POST, with an end to its bytes and its time."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException
from time import monotonic

from contracts.errors import BadRequest, Unavailable
from gateway.oidc.fetching.dial import Dialer, Resolve, anywhere, public, resolve
from gateway.oidc.fetching.target import NotATarget, Target
from gateway.oidc.fetching.wire import Body, TooMuch, posted
from store.clients import OPERATOR, Client

SECONDS = 5.0
"""For the whole call: the name, the connection, TLS and the answer."""

FORM = "application/x-www-form-urlencoded"


class Caller:
    """Calls clients: those that an operator registered wherever they are, others in public only.

    There are no redirects and no proxies.
    """

    def __init__(self, *, resolve: Resolve = resolve, seconds: float = SECONDS) -> None:
        self._anywhere = Dialer(anywhere, resolve)
        self._public = Dialer(public, resolve)
        self._seconds = seconds

    def post(self, client: Client, url: str, content: bytes, fields: Mapping[str, str]) -> int:
        """Return the status. Raises Unavailable for another time and BadRequest for never."""
        dialer = self._anywhere if client.source == OPERATOR else self._public
        return self._call(dialer, url, Body(content, fields), client.id)

    def call(self, url: str, content: bytes, fields: Mapping[str, str]) -> int:
        """Post to an address that an operator named, wherever it is. Returns and raises alike."""
        return self._call(self._anywhere, url, Body(content, fields), url)

    def _call(self, dialer: Dialer, url: str, sent: Body, whom: str) -> int:
        deadline = monotonic() + self._seconds
        try:
            target = Target.parse(url)
            with dialer.connect(target, deadline) as connection:
                return posted(connection, target, sent, deadline)
        except NotATarget as error:
            raise BadRequest(detail=f"{whom}: {error}") from error
        except (OSError, HTTPException, TooMuch) as error:
            raise Unavailable(detail=f"{whom}: {error!r}") from error
