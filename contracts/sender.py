"""The port of everything that carries a message to a person."""

from __future__ import annotations

from typing import Protocol

from contracts.factor import Channel


class Sender(Protocol):
    """Carries messages of one channel."""

    channel: Channel

    def send(
        self, *, to: str, subject: str, text: str, message_id: str, language: str = ""
    ) -> None:
        """Hand one message over; raise Unavailable to have it retried later.

        `language` is the BCP 47 tag of what it is written in, empty where nobody knows it.
        `message_id` stays the same over retries, so that a receiver can drop a duplicate.
        """
        ...
