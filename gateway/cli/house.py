"""What a command opens: the settings, the store, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contracts.clock import Clock, SystemClock
from gateway.governing import governed
from gateway.opening import open_store
from gateway.settings import Settings, load
from store import Store


@dataclass(frozen=True, slots=True)
class House:
    """Open for the time of one command."""

    settings: Settings
    store: Store
    clock: Clock


@contextmanager
def opened(*, policy: bool = True) -> Iterator[House]:
    """Open the store of this machine's settings, under the policy or not. Raises Misconfigured."""
    settings, clock = load(), SystemClock()
    store = open_store(settings, clock)
    try:
        yield House(governed(settings, store) if policy else settings, store, clock)
    finally:
        store.close()
