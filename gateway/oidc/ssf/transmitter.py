"""Puts what happened into the streams of those who may hear of it, and asked to."""

from __future__ import annotations

from typing import Any

from gateway.oidc.clients.subject import Subjects
from gateway.oidc.ssf.events import STREAM_UPDATED, VERIFICATION, Told, told
from gateway.oidc.ssf.subjects import Named, of_stream
from store import Client, Store, Transaction
from store.cipher import Vault
from store.events import Occurrence
from store.streams import Stream


class Transmitter:
    """Writes events for receivers, each in the words of its own client."""

    def __init__(self, named: Named, vault: Vault) -> None:
        self._named = named
        self._vault = vault

    def heard(self, tx: Transaction, occurrence: Occurrence) -> None:
        """Tell every client that the person has granted something and that asked for such events.

        A session's events go to the clients that it let in alone.
        """
        about = told(occurrence)
        if about is None:
            return
        for stream in tx.streams.hearing(occurrence.account_id, occurrence.clients):
            client = tx.clients.get(stream.client_id)
            if client and about.uri in stream.events_requested:
                self._tell(tx, stream, client, occurrence, about)

    def _tell(
        self, tx: Transaction, stream: Stream, client: Client, occurrence: Occurrence, about: Told
    ) -> None:
        if tx.streams.excludes(stream.id, self._named.sub(client, occurrence.account_id)):
            return
        sub_id = self._named.sub_id(client, occurrence.account_id, about.session)
        said = {"txn": self._transaction(stream, occurrence)}
        tx.stream_events.put(stream, {**said, **event(sub_id, about.uri, dict(about.members))})

    def _transaction(self, stream: Stream, occurrence: Occurrence) -> str:
        """Return a `txn` that two receivers cannot compare: people are not known by it either."""
        return self._vault.digest("txn", f"{stream.id}\0{occurrence.id}")[:32]


def make_transmitter(store: Store, issuer: str) -> Transmitter:
    """Build the transmitter."""
    return Transmitter(Named(issuer, Subjects(store.vault)), store.vault)


def event(sub_id: dict[str, Any], uri: str, members: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of one event."""
    return {"sub_id": sub_id, "events": {uri: members}}


def updated(stream: Stream) -> dict[str, Any]:
    """Return the event that says that we changed the status of a stream (section 8.1.5)."""
    reason = {"reason": stream.reason} if stream.reason else {}
    return event(of_stream(stream.id), STREAM_UPDATED, {"status": stream.status, **reason})


def verification(stream: Stream, state: str | None) -> dict[str, Any]:
    """Return the event by which a receiver tries its stream (section 8.1.4)."""
    members = {} if state is None else {"state": state}
    return event(of_stream(stream.id), VERIFICATION, members)
