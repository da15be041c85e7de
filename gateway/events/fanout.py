"""One event becomes a message for each receiver, once, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store import Store, Transaction
from store.events import LIFETIME, Occurrence
from store.outbox import OutboxRow

if TYPE_CHECKING:
    from gateway.oidc.ssf.transmitter import Transmitter

WEBHOOK = "webhook"
"""The kind of message that goes to a webhook: `webhook_id`, `event_id`, `type`, `body`."""


class Events:
    """Carries events; those of one person go one after the other."""

    at_once = 4

    def __init__(self, store: Store, issuer: str) -> None:
        self._store = store
        self._issuer = issuer
        self._made: Transmitter | None = None

    def lane(self, row: OutboxRow) -> str:
        """Return the person's lane."""
        return str(row.payload["account_id"])

    def carry(self, row: OutboxRow) -> None:
        """Turn the event into what its receivers are sent: once, whoever dies in between."""
        occurrence = Occurrence.read(row.payload)
        with self._store.write() as tx:
            if tx.outbox.take(row.id):
                for webhook_id in tx.webhooks.hearing(occurrence.type):
                    to_webhook(tx, webhook_id, occurrence)
                if tx.streams.any():
                    self._transmitter().heard(tx, occurrence)

    def _transmitter(self) -> Transmitter:
        if self._made is None:
            # The provider is heavy, and without a stream nobody needs it.
            from gateway.oidc.ssf.transmitter import make_transmitter  # noqa: PLC0415

            self._made = make_transmitter(self._store, self._issuer)
        return self._made


def to_webhook(tx: Transaction, webhook_id: str, occurrence: Occurrence) -> None:
    """Write an event to the outbox for one webhook."""
    message = {
        "webhook_id": webhook_id,
        "event_id": occurrence.id,
        "type": occurrence.type,
        "body": body(occurrence),
    }
    tx.outbox.put(WEBHOOK, message, LIFETIME)


def body(occurrence: Occurrence) -> dict[str, Any]:
    """Return what a webhook is told: ids, types and times, and nothing personal."""
    about = {"subject": occurrence.account_id} if occurrence.account_id else {}
    return {
        "id": occurrence.id,
        "type": occurrence.type,
        "at": occurrence.at.isoformat(),
        "data": {**about, "by": occurrence.by, **occurrence.data},
    }
