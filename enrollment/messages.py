"""Messages to people, as the outbox keeps them and senders read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from contracts.factor import Message
from contracts.text import LANGUAGE, Text
from store import Transaction
from store.outbox import MESSAGE


def post(
    tx: Transaction, message: Message, render: Callable[[Text], str], lifetime: timedelta
) -> None:
    """Write a message to the outbox, in the language that `render` puts texts into."""
    payload = {
        "channel": message.channel.value,
        "to": message.to,
        "subject": render(message.subject),
        "text": render(message.text),
        "language": render(LANGUAGE),
    }
    tx.outbox.put(MESSAGE, payload, lifetime)
