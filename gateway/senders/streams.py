"""Event streams that are pushed: one SET a call, in their order (RFC 8935)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from contracts.clock import Clock
from contracts.errors import Unavailable
from gateway.keeper import make_keeper
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.ssf.rfc8417 import SecurityEventTokens
from gateway.senders.caller import Caller
from gateway.settings import Settings
from store import Client, Store
from store.stream_events import Waiting
from store.streams import PUSH, Stream

LEASE = timedelta(minutes=1)
MOST = 100
"""What is pushed in one turn; then whoever else waits has theirs."""
REFUSED = 400
"""The receiver will never take this SET (section 2.4)."""
CONTENT_TYPE = "application/secevent+jwt"

log = logging.getLogger("gatehouse.streams")


class StreamPusher:
    """Pushes what waits in a stream; one worker at a time, so that the order stands."""

    def __init__(self, store: Store, tokens: SecurityEventTokens, caller: Caller) -> None:
        self._store = store
        self._tokens = tokens
        self._caller = caller

    def push(self, stream_id: str) -> None:
        """Push until nothing waits. Raises Unavailable to be asked again later.

        What was not taken stays first in line, under its own `jti`.
        """
        with self._store.write() as tx:
            if not tx.streams.lease(stream_id, LEASE):
                if tx.streams.get(stream_id) is None:
                    return
                raise Unavailable(detail=f"stream {stream_id} is being pushed")
        try:
            for _ in range(MOST):
                if not self._next(stream_id):
                    return
        finally:
            with self._store.write() as tx:
                tx.streams.release(stream_id)
        raise Unavailable(detail=f"there is more in stream {stream_id}")

    def _next(self, stream_id: str) -> bool:
        """Push what is first in line; False where nothing is."""
        with self._store.read() as tx:
            stream = tx.streams.get(stream_id)
            client = tx.clients.get(stream.client_id) if stream else None
            waiting = tx.stream_events.waiting(stream, 1) if stream else ()
        if stream is None or client is None or stream.method != PUSH or not waiting:
            return False
        self._push(stream, client, waiting[0])
        with self._store.write() as tx:
            tx.stream_events.taken(stream_id, [waiting[0].jti])
            tx.streams.renew(stream_id, LEASE)
        return True

    def _push(self, stream: Stream, client: Client, waiting: Waiting) -> None:
        """Send one SET. Raises Unavailable where the answer is neither yes nor never."""
        status = self._caller.post(
            client,
            stream.endpoint_url,
            self._tokens.sign(client, waiting).encode(),
            _fields(stream),
        )
        if status == REFUSED:
            told: dict[str, Any] = {"stream": stream.id, "jti": waiting.jti}
            log.warning("an event was refused by its receiver", extra=told)
        elif not 200 <= status < 300:
            raise Unavailable(detail=f"{client.id} answered {status} to an event")


def _fields(stream: Stream) -> dict[str, str]:
    fields = {"Content-Type": CONTENT_TYPE, "Accept": "application/json"}
    return {**fields, **({"Authorization": stream.authorization} if stream.authorization else {})}


def make_stream_pusher(store: Store, settings: Settings, clock: Clock) -> StreamPusher:
    """Build the pusher of these settings."""
    keeper = make_keeper(settings)
    keys = KeyRing(store, clock, keeper)
    tokens = SecurityEventTokens(settings.issuer, keys, keeper.algorithms)
    return StreamPusher(store, tokens, Caller())
