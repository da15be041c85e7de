"""Calls an endpoint of a client: one POST, with an end to its bytes and to its time."""

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
        deadline = monotonic() + self._seconds
        try:
            target = Target.parse(url)
            with dialer.connect(target, deadline) as connection:
                return posted(connection, target, Body(content, fields), deadline)
        except NotATarget as error:
            raise BadRequest(detail=f"{client.id}: {error}") from error
        except (OSError, HTTPException, TooMuch) as error:
            raise Unavailable(detail=f"{client.id}: {error!r}") from error
