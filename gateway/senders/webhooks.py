"""Webhooks: events, signed, to addresses that an admin named (Standard Webhooks 1.0.0)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contracts.clock import Clock
from contracts.errors import Unavailable
from gateway.senders import signed
from store import Store
from store.outbox import OutboxRow
from store.webhooks import Attempt, Webhook

if TYPE_CHECKING:
    from gateway.senders.caller import Caller

GONE = 410
"""The receiver wants no more of it (Standard Webhooks 1.0.0, on delivery)."""


class WebhookCaller:
    """Calls webhooks; sent again, an event has the same id."""

    def __init__(self, store: Store, clock: Clock, caller: Caller) -> None:
        self._store = store
        self._clock = clock
        self._caller = caller

    def send(self, row: OutboxRow) -> None:
        """Tell a webhook; nobody where it is gone or switched off.

        Raises Unavailable where the answer is not a 2xx, and BadRequest for an address that must
        not be called.
        """
        message = row.payload
        with self._store.read() as tx:
            webhook = tx.webhooks.get(message["webhook_id"])
        if webhook is None or not webhook.active:
            return
        status = self._post(webhook, message)
        self._note(webhook, message, row.attempts, status)
        if status != GONE and (status is None or not 200 <= status < 300):
            raise Unavailable(detail=f"webhook {webhook.id} answered {status}")

    def _post(self, webhook: Webhook, message: dict[str, Any]) -> int | None:
        """Return the status, None where there was no answer."""
        content = json.dumps(message["body"]).encode()
        fields = signed.fields(webhook.secret, message["event_id"], self._clock.now(), content)
        fields["Content-Type"] = "application/json"
        try:
            return self._caller.call(webhook.url, content, fields)
        except Unavailable:
            return None

    def _note(
        self, webhook: Webhook, message: dict[str, Any], attempt: int, status: int | None
    ) -> None:
        tried = Attempt(message["event_id"], message["type"], attempt, status)
        with self._store.write() as tx:
            tx.webhooks.tried(webhook.id, tried)
            if status == GONE and tx.webhooks.switch_off(webhook.id):
                detail = {"webhook": webhook.id, "because": "the receiver answered 410"}
                tx.audit.add("webhook.switched_off", detail=detail)
