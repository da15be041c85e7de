"""Who carries what of the outbox, by the kind of message."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from contracts.clock import Clock
from contracts.errors import Unavailable
from contracts.factor import Channel
from contracts.sender import Sender
from gateway.delivery import Carrier
from gateway.events.fanout import WEBHOOK, Events
from gateway.retention.job import RETENTION, Retentions
from gateway.senders import make_senders
from gateway.settings import Settings
from gateway.trail.push import ANCHOR, AUDIT, Push
from store import Store
from store.backchannel_requests import PING
from store.endings import LOGOUT
from store.events import EVENT
from store.outbox import MESSAGE, OutboxRow
from store.stream_events import WAKE

if TYPE_CHECKING:
    from gateway.senders.logout import LogoutSender
    from gateway.senders.ping import PingSender
    from gateway.senders.streams import StreamPusher
    from gateway.senders.webhooks import WebhookCaller


def make_carriers(
    store: Store, settings: Settings, clock: Clock, stack: ExitStack
) -> dict[str, Carrier]:
    """Build what carries each kind of message; what it keeps open is closed with the `stack`."""
    return {
        MESSAGE: Messages(make_senders(settings, clock, stack)),
        LOGOUT: Logouts(store, settings, clock),
        PING: Pings(store),
        RETENTION: Retentions(store, clock, settings),
        EVENT: Events(store, settings.issuer),
        WEBHOOK: Webhooks(store, clock),
        WAKE: Streams(store, settings, clock),
        **_trail(store, settings, clock),
    }


def _trail(store: Store, settings: Settings, clock: Clock) -> dict[str, Carrier]:
    if not (settings.audit_url or settings.audit_anchor_url):
        return {}
    return {kind: Push(store, settings, clock) for kind in (ANCHOR, AUDIT)}


class Messages:
    """Carries messages to people; each is a lane, for who is to wait is for the sender to say."""

    at_once = 4

    def __init__(self, senders: Mapping[Channel, Sender]) -> None:
        self._senders = senders

    def lane(self, row: OutboxRow) -> str:
        """Return a lane of its own."""
        return row.id

    def carry(self, row: OutboxRow) -> None:
        """Hand a message to the sender of its channel."""
        channel = Channel(row.payload["channel"])
        if channel not in self._senders:
            raise Unavailable(detail=f"no sender for {channel}")
        self._senders[channel].send(
            to=row.payload["to"],
            subject=row.payload["subject"],
            text=row.payload["text"],
            message_id=row.id,
            language=row.payload.get("language", ""),
        )


class Logouts:
    """Tells clients of sessions that are over; each client is a lane."""

    at_once = 16

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._parts = store, settings, clock
        self._made: LogoutSender | None = None

    def lane(self, row: OutboxRow) -> str:
        """Return the client's lane."""
        return str(row.payload["client_id"])

    def carry(self, row: OutboxRow) -> None:
        """Send a logout token that is made now."""
        self._sender().send(row.payload["client_id"], row.payload["account_id"], row.payload["sid"])

    def _sender(self) -> LogoutSender:
        if self._made is None:
            # The provider is heavy, and many a worker never needs it.
            from gateway.senders.logout import make_logout_sender  # noqa: PLC0415

            self._made = make_logout_sender(*self._parts)
        return self._made


class Pings:
    """Tells clients that a person has decided; each client is a lane."""

    at_once = 16

    def __init__(self, store: Store) -> None:
        self._store = store
        self._made: PingSender | None = None

    def lane(self, row: OutboxRow) -> str:
        """Return the client's lane."""
        return str(row.payload["client_id"])

    def carry(self, row: OutboxRow) -> None:
        """Call a client."""
        self._sender().send(**row.payload)

    def _sender(self) -> PingSender:
        if self._made is None:
            # As heavy as the sender of logout tokens.
            from gateway.senders.caller import Caller  # noqa: PLC0415
            from gateway.senders.ping import PingSender  # noqa: PLC0415

            self._made = PingSender(self._store, Caller())
        return self._made


class Webhooks:
    """Tells webhooks of events; each webhook is a lane."""

    at_once = 8

    def __init__(self, store: Store, clock: Clock) -> None:
        self._parts = store, clock
        self._made: WebhookCaller | None = None

    def lane(self, row: OutboxRow) -> str:
        """Return the webhook's lane."""
        return str(row.payload["webhook_id"])

    def carry(self, row: OutboxRow) -> None:
        """Call a webhook."""
        if self._made is None:
            # As heavy as the sender of logout tokens.
            from gateway.senders.caller import Caller  # noqa: PLC0415
            from gateway.senders.webhooks import WebhookCaller  # noqa: PLC0415

            self._made = WebhookCaller(*self._parts, Caller())
        self._made.send(row)


class Streams:
    """Pushes event streams; each stream is a lane."""

    at_once = 16

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._parts = store, settings, clock
        self._made: StreamPusher | None = None

    def lane(self, row: OutboxRow) -> str:
        """Return the stream's lane."""
        return str(row.payload["stream_id"])

    def carry(self, row: OutboxRow) -> None:
        """Push what waits in a stream."""
        if self._made is None:
            # As heavy as the sender of logout tokens.
            from gateway.senders.streams import make_stream_pusher  # noqa: PLC0415

            self._made = make_stream_pusher(*self._parts)
        self._made.push(row.payload["stream_id"])
