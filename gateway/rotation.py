"""How long keys must stay published."""

from __future__ import annotations

from datetime import timedelta

from gateway.settings import Settings
from store import Store


def longest_token(store: Store, settings: Settings) -> timedelta:
    """Return the longest life of any token that a key of ours may have signed."""
    with store.read() as tx:
        seconds = [client.access_token_seconds for client in tx.clients.list()]
    return timedelta(seconds=max([settings.id_token_seconds, *seconds]))
