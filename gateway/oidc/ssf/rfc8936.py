"""Streams that are polled (RFC 8936): what was not acknowledged is handed out again."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any

from gateway.oidc.ssf.refused import Malformed, no_stream
from gateway.oidc.ssf.rfc8417 import SecurityEventTokens
from store import Client, Store
from store.stream_events import Waiting
from store.streams import POLL, Stream

MOST = 100
"""SETs in one answer."""
MOST_ACKNOWLEDGED = 1000
WAIT_SECONDS, STEP_SECONDS = 5.0, 0.25
WAITING = 2
"""Requests of one web worker that wait for something to happen; each holds one of its threads."""

log = logging.getLogger("gatehouse.streams")


@dataclass(frozen=True, slots=True)
class Poll:
    """What a receiver asks for, has taken, and could not take (section 2.2)."""

    most: int = MOST
    at_once: bool = False
    taken: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: Mapping[str, Any]) -> Poll:
        """Read a request. Raises Malformed."""
        most, at_once = sent.get("maxEvents", MOST), sent.get("returnImmediately", False)
        if not isinstance(most, int) or isinstance(most, bool) or most < 0:
            raise Malformed("maxEvents: a number")
        if not isinstance(at_once, bool):
            raise Malformed("returnImmediately: true or false")
        return cls(min(most, MOST), at_once, _taken(sent.get("ack", [])), _failed(sent))


class Polling:
    """Hands out what waits in streams, and forgets what was taken."""

    def __init__(self, store: Store, tokens: SecurityEventTokens) -> None:
        self._store = store
        self._tokens = tokens
        self._slots = BoundedSemaphore(WAITING)

    def answer(self, client: Client, stream_id: str, poll: Poll) -> dict[str, Any]:
        """Take acknowledgements, then return what is next (section 2.3). Raises Refused.

        Whoever wants to wait does so for some seconds, as long as few do.
        """
        self._acknowledge(client, stream_id, poll)
        found = self._next(client, stream_id, poll.most)
        if not found and poll.most and not poll.at_once:
            found = self._wait(client, stream_id, poll.most)
        listed = found[: poll.most]
        return {
            "sets": {waiting.jti: self._tokens.sign(client, waiting) for waiting in listed},
            "moreAvailable": len(found) > poll.most,
        }

    def _acknowledge(self, client: Client, stream_id: str, poll: Poll) -> None:
        """Forget what was taken, and what never will be: it would only be refused again."""
        over = (*poll.taken, *poll.failed)
        if not over:
            return
        with self._store.write() as tx:
            stream = _own(tx.streams.of(client.id), stream_id)
            gone = set(tx.stream_events.taken(stream.id, over))
        for jti in gone & poll.failed.keys():
            told = {"stream": stream_id, "jti": jti, "err": poll.failed[jti]}
            log.warning("an event was refused by its receiver", extra=told)

    def _next(self, client: Client, stream_id: str, most: int) -> list[Waiting]:
        with self._store.read() as tx:
            stream = _own(tx.streams.of(client.id), stream_id)
            return list(tx.stream_events.waiting(stream, most + 1))

    def _wait(self, client: Client, stream_id: str, most: int) -> list[Waiting]:
        found: list[Waiting] = []
        if not self._slots.acquire(blocking=False):
            return found
        try:
            deadline = time.monotonic() + WAIT_SECONDS
            while not found and time.monotonic() < deadline:
                time.sleep(STEP_SECONDS)
                found = self._next(client, stream_id, most)
        finally:
            self._slots.release()
        return found


def _own(stream: Stream | None, stream_id: str) -> Stream:
    """Return a stream that is the client's and polled. Raises Refused."""
    if stream is None or stream.id != stream_id or stream.method != POLL:
        raise no_stream()
    return stream


def _taken(sent: object) -> tuple[str, ...]:
    if not isinstance(sent, list) or len(sent) > MOST_ACKNOWLEDGED:
        raise Malformed("ack: an array of jti")
    if not all(isinstance(jti, str) for jti in sent):
        raise Malformed("ack: an array of jti")
    return tuple(sent)


def _failed(sent: Mapping[str, Any]) -> Mapping[str, str]:
    errors = sent.get("setErrs", {})
    if not isinstance(errors, dict) or len(errors) > MOST_ACKNOWLEDGED:
        raise Malformed("setErrs: an object of errors by jti")
    if not all(isinstance(said, dict) for said in errors.values()):
        raise Malformed("setErrs: an object of errors by jti")
    return {jti: str(said.get("err", ""))[:64] for jti, said in errors.items()}
