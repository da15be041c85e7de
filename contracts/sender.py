"""The port of everything that carries a message to a person."""

from __future__ import annotations

from typing import Protocol

from contracts.factor import Channel


class Sender(Protocol):
    """Carries messages of one channel."""

    channel: Channel

    def send(self, *, to: str, subject: str, text: str, message_id: str) -> None:
        """Hand one message over; raise Unavailable to have it retried later.

        `message_id` stays the same over retries, so that a receiver can drop a duplicate.
        """
        ...
