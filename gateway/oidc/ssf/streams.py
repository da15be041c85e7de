"""The management of streams by those who receive them (Shared Signals 1.0, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from gateway.oidc.ssf.configuration import VERIFICATION_SECONDS, Terms
from gateway.oidc.ssf.refused import Malformed, Refused, no_stream
from gateway.oidc.ssf.subjects import Named
from gateway.oidc.ssf.transmitter import verification
from store import Client, Store, Transaction
from store.streams import DISABLED, ENABLED, PAUSED, Stream, Wanted

STATUSES = (ENABLED, PAUSED, DISABLED)
INTERVAL = timedelta(seconds=VERIFICATION_SECONDS)
LONGEST_REASON = 255
LONGEST_STATE = 1024
SUBJECTS_PER_HOUR = 10_000

Sent = Mapping[str, Any]


class Streams:
    """Carries out what clients ask of their own streams; of those of others they learn nothing."""

    def __init__(self, store: Store, terms: Terms, named: Named) -> None:
        self._store = store
        self._terms = terms
        self._named = named

    def create(self, client: Client, sent: Sent) -> dict[str, Any]:
        """Make a stream (8.1.1.1). Raises Malformed, and Refused where there is one already."""
        wanted = self._terms.wanted(sent)
        with self._store.write() as tx:
            made = tx.streams.add(client.id, wanted)
            if made is None:
                raise Refused(409, "stream_exists", "This client has a stream.")
            _note(tx, "stream.created", made)
        return self._terms.shown(made)

    def read(self, client: Client, stream_id: str | None) -> dict[str, Any] | list[dict[str, Any]]:
        """Return a stream, or all there are (8.1.1.2). Raises Refused."""
        with self._store.read() as tx:
            if stream_id is None:
                found = tx.streams.of(client.id)
                return [self._terms.shown(found)] if found else []
            return self._terms.shown(_own(tx, client, stream_id))

    def update(self, client: Client, sent: Sent, *, whole: bool) -> dict[str, Any]:
        """Change what is sent (8.1.1.3), or all of it as a `whole` (8.1.1.4). Raises Refused."""
        read = self._terms.wanted if whole else self._terms.changed
        with self._store.write() as tx:
            stream = _own(tx, client, sent.get("stream_id"))
            self._terms.check_ours(sent, stream)
            _replace(tx, stream, read(sent, stream))
            changed = _own(tx, client, stream.id)
            _note(tx, "stream.changed", changed)
            tx.stream_events.wake(changed)
        return self._terms.shown(changed)

    def remove(self, client: Client, stream_id: str | None) -> None:
        """Forget a stream, with all that waits in it (8.1.1.5). Raises Refused."""
        with self._store.write() as tx:
            stream = _own(tx, client, stream_id)
            tx.streams.remove(stream.id)
            _note(tx, "stream.removed", stream)

    def status(self, client: Client, stream_id: str | None) -> dict[str, Any]:
        """Return whether a stream flows (8.1.2.1). Raises Refused."""
        with self._store.read() as tx:
            return _status(_own(tx, client, stream_id))

    def set_status(self, client: Client, sent: Sent) -> dict[str, Any]:
        """Let a stream flow, hold it, or let it lapse (8.1.2.2). Raises Refused."""
        status, reason = sent.get("status"), sent.get("reason", "")
        if status not in STATUSES:
            raise Malformed(f"status: one of {', '.join(STATUSES)}")
        if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
            raise Malformed("reason: a short text")
        with self._store.write() as tx:
            stream = _own(tx, client, sent.get("stream_id"))
            changed = set_status(tx, stream, status, reason)
        return _status(changed)

    def add_subject(self, client: Client, sent: Sent) -> None:
        """Tell of somebody again (8.1.3.2). Raises Refused; who is meant is never looked up."""
        with self._store.write() as tx:
            stream, sub = self._subject(tx, client, sent)
            tx.streams.include(stream.id, sub)

    def remove_subject(self, client: Client, sent: Sent) -> None:
        """Tell nothing more of somebody (8.1.3.3). Raises Refused."""
        with self._store.write() as tx:
            stream, sub = self._subject(tx, client, sent)
            tx.streams.exclude(stream.id, sub)

    def verify(self, client: Client, sent: Sent) -> None:
        """Put a verification event into a stream (8.1.4.2). Raises Refused."""
        state = sent.get("state")
        if state is not None and not (isinstance(state, str) and len(state) <= LONGEST_STATE):
            raise Malformed("state: a text")
        with self._store.write() as tx:
            stream = _own(tx, client, sent.get("stream_id"))
            _limited(tx.limits.hit(f"ssf verify|{stream.id}", 1, INTERVAL))
            if stream.status != DISABLED:
                tx.stream_events.put(stream, verification(stream, state))

    def _subject(self, tx: Transaction, client: Client, sent: Sent) -> tuple[Stream, str]:
        stream = _own(tx, client, sent.get("stream_id"))
        hour = timedelta(hours=1)
        _limited(tx.limits.hit(f"ssf subjects|{stream.id}", SUBJECTS_PER_HOUR, hour))
        try:
            return stream, self._named.read(sent.get("subject"))
        except ValueError as error:
            raise Malformed(str(error)) from error


def set_status(tx: Transaction, stream: Stream, status: str, reason: str) -> Stream:
    """Change the status of a stream: one that is disabled holds nothing. Raises Refused."""
    if not tx.streams.set_status(stream, status, reason):
        raise _raced()
    changed = tx.streams.get(stream.id)
    if changed is None:
        raise no_stream()
    if status == DISABLED:
        tx.stream_events.drop(stream.id)
    if status == ENABLED:
        tx.stream_events.wake(changed)
    _note(tx, "stream.status", changed, status=status)
    return changed


def _own(tx: Transaction, client: Client, stream_id: object) -> Stream:
    """Return the stream of a client that it names. Raises Refused."""
    if not isinstance(stream_id, str):
        raise Malformed("stream_id: which stream")
    found = tx.streams.of(client.id)
    if found is None or found.id != stream_id:
        raise no_stream()
    return found


def _replace(tx: Transaction, stream: Stream, wanted: Wanted) -> None:
    if not tx.streams.replace(stream, wanted):
        raise _raced()


def _raced() -> Refused:
    return Refused(409, "conflict", "The stream was changed at the same time.")


def _limited(retry_after: int) -> None:
    if retry_after:
        raise Refused(429, "too_many_requests", f"Wait for {retry_after} seconds.", retry_after)


def _status(stream: Stream) -> dict[str, Any]:
    reason = {"reason": stream.reason} if stream.reason else {}
    return {"stream_id": stream.id, "status": stream.status, **reason}


def _note(tx: Transaction, event: str, stream: Stream, **more: str) -> None:
    tx.audit.add(event, client_id=stream.client_id, detail={"stream": stream.id, **more})
