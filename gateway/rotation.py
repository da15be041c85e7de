"""When signing keys are followed by the next, and how long the old ones stay published."""

from __future__ import annotations

from datetime import timedelta

from contracts.clock import Clock
from gateway.settings import Settings
from store import Store


def longest_token(store: Store, settings: Settings) -> timedelta:
    """Return the longest life of any token that a key of ours may have signed."""
    with store.read() as tx:
        seconds = [client.access_token_seconds for client in tx.clients.list()]
    return timedelta(seconds=max([settings.id_token_seconds, *seconds]))


def rotate_when_due(store: Store, settings: Settings, clock: Clock) -> bool:
    """Publish the next keys once the youngest is old enough; True where that was done."""
    with store.read() as tx:
        youngest = max((key.signs_from for key in tx.keys.list()), default=None)
    age = timedelta(days=settings.signing_key_days)
    if youngest is None or clock.now() - youngest < age:
        return False
    from gateway.oidc.keys.rotation import rotate  # noqa: PLC0415 - the provider is heavy and this is rare

    rotate(store, clock, longest_token=longest_token(store, settings))
    return True
